import { gzipSync } from 'node:zlib';
import jsQR from 'jsqr';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { parseEntry } from '#lib/record';
import { forbiddenWords } from '#lib/wording';
import { ProofsService } from '../../apps/ledger/src/log/proofs.service.ts';
import {
  type Catalogue,
  GTIN14,
  type Key,
  makeBatch,
  makeCatalogue,
  makeExporter,
  makeFootprint,
  makeKeyHolder,
  PRODUCT,
  register,
  sendOwn,
  signOpinion,
} from '../support/factory.ts';
import {
  eventually,
  type Organisation,
  PUBLIC_URL,
  startTestService,
  type TestService,
} from '../support/service.ts';

let service: TestService;
let exporter: Organisation;
let other: Organisation;
let body: Key;
let registrar: Key;
let catalogue: Catalogue;
let footprint: any;
let opinion: any;
let covered: any;
let selfDeclared: any;

const ITEMS = 30;
const LOT = 'L-1';
const CODE = `/01/${GTIN14}/10/${LOT}`;

const issue = (order: object, key = exporter.apiKey, idempotencyKey?: string) =>
  service.post('/api/v1/passports', order, key, idempotencyKey);
const raw = () => request(service.service.app.getHttpServer());
const html = (path: string, language = 'en') =>
  raw()
    .get(path)
    .set('Accept', 'text/html')
    .set('Accept-Language', language)
    .set('Accept-Encoding', 'identity');
const bundleOf = async (release: string, query = '') =>
  JSON.parse((await raw().get(`/passports/${release}/bundle${query}`).expect(200)).text);
const verdictOf = async (bundle: object) =>
  (await service.post('/api/v1/verify', { bundle }).expect(200)).body;

async function anchored(release: string): Promise<any> {
  return eventually(async () => {
    const { body: passport } = await service.get(`/api/v1/passports/${release}`, exporter.apiKey);
    if (passport.state === 'failed') throw new Error(JSON.stringify(passport));
    return passport.state === 'anchored' && passport;
  });
}

beforeAll(async () => {
  service = await startTestService();
  exporter = await makeExporter(service);
  other = await makeExporter(service, 'other-plates');
  body = await makeKeyHolder(service, 'body', 'good-body');
  registrar = await makeKeyHolder(service, 'registrar', 'registrar-1');
  catalogue = await makeCatalogue(service, exporter.apiKey);
  footprint = await makeFootprint(service, exporter.apiKey, catalogue);
  await register(service, registrar, body);
  const signed = await signOpinion(service, footprint.uuid, registrar, body);
  opinion = (await service.post('/api/v1/opinions', signed, body.apiKey).expect(201)).body;
  const batch = await makeBatch(service, exporter.apiKey, catalogue, LOT);
  const second = await makeBatch(service, exporter.apiKey, catalogue, 'L-2');
  const first = await issue(
    {
      batch: batch.uuid,
      footprint: footprint.uuid,
      opinion: opinion.uuid,
      covered: true,
      items: ITEMS,
      disclosure: 'all-inputs',
      materials: [{ name: 'bagasse pulp', massFraction: '1', originCountry: 'CN' }],
    },
    exporter.apiKey,
    'issue-1',
  ).expect(201);
  const self = await issue({ batch: second.uuid, footprint: footprint.uuid }).expect(201);
  covered = await anchored(first.body.release);
  selfDeclared = await anchored(self.body.release);
});
afterAll(() => service?.stop());

describe('issuing', () => {
  test('with opinion and self-declared: minted, anchored, and each matches its record', async () => {
    expect(covered).toMatchObject({
      state: 'anchored',
      code: CODE,
      items: ITEMS,
      url: `${PUBLIC_URL}/passports/${covered.release}`,
    });
    expect(covered.mint.txHash).toMatch(/^0x[0-9a-f]{64}$/);
    const report = await verdictOf(await bundleOf(covered.release));
    expect([report.headline, report.checks]).toMatchObject([
      'matches',
      Object.fromEntries(
        ['content', 'signature', 'log', 'status', 'number', 'thirdParty'].map((name) => [
          name,
          { status: 'valid' },
        ]),
      ),
    ]);
    expect(report.note).toContain("server's answer only");
    const self = await verdictOf(await bundleOf(selfDeclared.release));
    expect(self.headline).toBe('matches');
    expect(self.overlays.map(({ id }: any) => id)).toEqual(
      expect.arrayContaining(['test-ledger', 'self-declared', 'inputs-shown']),
    );
    expect(self.checks).toMatchObject({
      number: { status: 'unknown', code: 'number/withheld' },
      thirdParty: { status: 'not-applicable' },
    });
  });

  test('the credential is a vc+jwt whose entry names passport, footprint, opinion and key', async () => {
    const jwt = await raw()
      .get(`/passports/${covered.release}`)
      .set('Accept', 'application/vc+jwt')
      .expect(200);
    expect(jwt.headers['content-type']).toBe('application/vc+jwt');
    const [head, payload] = jwt.text
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(head).toEqual({ alg: 'EdDSA', cty: 'vc', kid: `${exporter.did}#key-1`, typ: 'vc+jwt' });
    expect(payload.id).toBe(covered.url);
    const bundle = await bundleOf(covered.release);
    expect(bundle.credential).toBe(jwt.text);
    const entry = bundle.entries
      .map(({ entry }: any) => parseEntry(Buffer.from(entry)))
      .find(({ kind }: any) => kind === 'credential/v1');
    expect(entry.refs.map(({ rel }: any) => rel)).toEqual(['footprint', 'key', 'opinion', 'passport']);
  });

  test('the same request again issues nothing new', async () => {
    const proofs = service.service.app.get(ProofsService);
    const before = (await proofs.head())?.size;
    const { body: batch } = await service.get('/api/v1/batches', exporter.apiKey);
    const order = {
      batch: batch.find(({ lot }: any) => lot === LOT).uuid,
      footprint: footprint.uuid,
      opinion: opinion.uuid,
      covered: true,
      items: ITEMS,
      disclosure: 'all-inputs',
      materials: [{ name: 'bagasse pulp', massFraction: '1', originCountry: 'CN' }],
    };
    expect((await issue(order, exporter.apiKey, 'issue-1').expect(201)).body.release).toBe(covered.release);
    expect((await issue(order).expect(409)).body.code).toBe('passport/duplicate');
    expect((await proofs.head())?.size).toBe(before);
  });

  test('refused: no opinion where one was asked for, too many items, another product, a changed text', async () => {
    const batch = await makeBatch(service, exporter.apiKey, catalogue, 'L-3', {
      quantity: { value: '10', unit: 'piece' },
    });
    const order = { batch: batch.uuid, footprint: footprint.uuid };
    expect((await issue({ ...order, covered: true }).expect(409)).body.code).toBe(
      'passport/opinion-required',
    );
    expect((await issue({ ...order, items: 11 }).expect(422)).body.code).toBe('passport/too-many-items');
    expect((await issue({ ...order, items: 0 }).expect(400)).body.code).toBe('http/invalid-body');
    const tray = await service
      .post('/api/v1/products', { ...PRODUCT, gtin: undefined, ownId: 'tray' }, exporter.apiKey)
      .expect(201);
    const tray1 = await makeBatch(service, exporter.apiKey, { ...catalogue, product: tray.body }, 'T-1');
    expect((await issue({ ...order, batch: tray1.uuid }).expect(422)).body.code).toBe(
      'passport/other-product',
    );
    const weighed = await makeBatch(service, exporter.apiKey, catalogue, 'L-kg', {
      quantity: { value: '10', unit: 'kg' },
    });
    expect((await issue({ ...order, batch: weighed.uuid, items: 1 }).expect(422)).body.code).toBe(
      'passport/items-not-pieces',
    );

    const database = service.service.app.get(DataSource);
    const [{ bytes }] = await database.query('select bytes from document where id = $1', [batch.content]);
    const changed = Buffer.from(bytes.toString().replace('"10"', '"99"'));
    await database.query('update document set bytes = $2 where id = $1', [batch.content, changed]);
    expect((await issue(order).expect(409)).body.code).toBe('content/altered');
    await database.query('update document set bytes = $2 where id = $1', [batch.content, bytes]);
  });

  test('an opinion covers what was made in its time, by the product it is about', async () => {
    const old = { producedFrom: '2023-11-01T00:00:00Z', producedUntil: '2023-11-08T00:00:00Z' };
    const batch = await makeBatch(service, exporter.apiKey, catalogue, 'L-old', old);
    const order = { batch: batch.uuid, footprint: footprint.uuid, opinion: opinion.uuid };
    expect((await issue(order).expect(422)).body.code).toBe('opinion/dates');
    // an opinion of somebody else's footprint is not there
    expect((await issue({ ...order, opinion: batch.uuid }).expect(404)).body.code).toBe('http/not-found');
  });

  test('an opinion whose body was withdrawn since does not mint', async () => {
    const late = await makeKeyHolder(service, 'body', 'late-body');
    await register(service, registrar, late);
    const signed = await signOpinion(service, footprint.uuid, registrar, late);
    const given = await service.post('/api/v1/opinions', signed, late.apiKey).expect(201);
    const batch = await makeBatch(service, exporter.apiKey, catalogue, 'L-late');
    const zero = `0x${'00'.repeat(32)}`;
    const from = Math.floor(Date.now() / 1000) - 3_600;
    await sendOwn(service, registrar, 'BodyRegistry', 'withdrawRegistration', [
      late.wallet.address,
      0,
      1,
      zero,
      from,
    ]);
    const order = { batch: batch.uuid, footprint: footprint.uuid, opinion: given.body.uuid };
    expect((await issue(order).expect(409)).body.code).toBe('opinion/withdrawn');
    // without it the batch can still be self-declared
    await issue({ batch: batch.uuid, footprint: footprint.uuid }).expect(201);
  });

  test('before it is minted, a covered passport names the registration it will be minted under', async () => {
    const database = service.service.app.get(DataSource);
    const setToken = (id: string) =>
      database.query('update passport set token_id = $1 where release = $2', [id, covered.release]);
    const { registrations } = await bundleOf(covered.release);
    expect(registrations).toHaveLength(1);
    // to the service it is not minted now; the checker reads the token that the passport itself names
    await setToken('7');
    try {
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const bundle = await bundleOf(covered.release);
      expect(bundle.registrations).toEqual(registrations);
      expect((await verdictOf(bundle)).headline).toBe('matches');
    } finally {
      await setToken(covered.tokenId);
    }
  });

  test("another organisation's passport, serials and labels are not there", async () => {
    for (const path of ['', '/serials', '/labels.svg', '/labels.pdf']) {
      const address = `/api/v1/passports/${covered.release}${path}`;
      await service.get(address, exporter.apiKey).expect(200);
      await service.get(address, other.apiKey).expect(404);
      await service.get(address).expect(401);
    }
    const { body: list } = await service.get('/api/v1/passports', other.apiKey).expect(200);
    expect(list).toEqual([]);
  });
});

describe('items', () => {
  let serials: string[];
  beforeAll(async () => {
    serials = (await service.get(`/api/v1/passports/${covered.release}/serials`, exporter.apiKey).expect(200))
      .body.serials;
  });

  test('serials are distinct, short and without look-alikes', () => {
    expect(new Set(serials).size).toBe(ITEMS);
    for (const serial of serials) expect(serial).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
  });

  test('a scanned item is proved in its batch, and its bundle tells of no other', async () => {
    const bundle = await bundleOf(covered.release, `?serial=${serials[7]}`);
    expect(bundle.code).toBe(`${CODE}/21/${serials[7]}`);
    expect((await verdictOf(bundle)).headline).toBe('matches');
    const text = JSON.stringify(bundle);
    for (const serial of serials) expect(text.includes(serial)).toBe(serial === serials[7]);
    const swapped = { ...bundle, code: `${CODE}/21/${serials[8]}` };
    expect((await verdictOf(swapped)).headline).toBe('altered');
    await raw().get(`/passports/${covered.release}/bundle?serial=NOTTHERE`).expect(404);
  });

  test('every label of a sheet decodes to an address that leads to the passport', async () => {
    const sheet = await service
      .get(`/api/v1/passports/${covered.release}/labels.svg?from=3&count=5`, exporter.apiKey)
      .expect(200);
    const svg = sheet.text ?? sheet.body.toString();
    const paths = [...svg.matchAll(/<path [^>]*d="([^"]+)"/g)].map((match) => match[1] as string);
    expect(paths).toHaveLength(5);
    for (const [at, path] of paths.entries()) {
      const uri = decode(path);
      expect(uri).toBe(`${PUBLIC_URL}${CODE}/21/${serials[3 + at]}`);
      const answer = await raw()
        .get(new URL(uri as string).pathname)
        .expect(307);
      expect(answer.headers.location).toBe(`/passports/${covered.release}?serial=${serials[3 + at]}`);
    }
    expect(svg).toContain(`(21)${serials[3]}`);
    expect(svg).toContain('TEST 测试');
    expect(forbiddenWords(svg.replace(/<[^>]+>/g, ' '))).toEqual([]);
    const beyond = await service
      .get(`/api/v1/passports/${covered.release}/labels.svg?from=30`, exporter.apiKey)
      .expect(400);
    expect(beyond.body.code).toBe('labels/beyond-items');
  });

  test('a batch without items gives its own label as often as asked; PDF is one', async () => {
    const pdf = await service
      .get(`/api/v1/passports/${selfDeclared.release}/labels.pdf?count=25`, exporter.apiKey)
      .expect(200);
    expect(pdf.headers['content-type']).toBe('application/pdf');
    expect(pdf.body.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(2);
  });
});

/** Paints our own path and lets an independent reader read it. */
function decode(path: string): string | undefined {
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)].map(
    (match) => match.slice(1).map(Number) as [number, number, number],
  );
  const size = Math.max(...runs.map(([x, , length]) => x + length)) + 8;
  const scale = 4;
  const side = size * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [x, y, length] of runs)
    for (let row = (y + 4) * scale; row < (y + 5) * scale; row++)
      pixels.fill(0, (row * side + (x + 4) * scale) * 4, (row * side + (x + 4 + length) * scale) * 4);
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
  return (jsQR as unknown as typeof jsQR.default)(pixels, side, side)?.data;
}

describe('codes', () => {
  test('a printed code leads to its release, also by HEAD, with a slash behind, with its query passed on', async () => {
    const target = `/passports/${covered.release}`;
    const answer = await raw().get(CODE).expect(307);
    expect(answer.headers.location).toBe(target);
    expect(answer.headers.link).toContain(`<${PUBLIC_URL}${target}>; rel="canonical"`);
    expect(answer.headers.link).toContain('type="application/vc+jwt"');
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect((await raw().head(CODE).expect(307)).headers.location).toBe(target);
    expect((await raw().get(`${CODE}/`).expect(307)).headers.location).toBe(target);
    expect((await raw().get(`${CODE}?lang=zh&17=261231`).expect(307)).headers.location).toBe(
      `${target}?lang=zh&17=261231`,
    );
    expect((await raw().options(CODE).expect(204)).headers['access-control-allow-methods']).toContain('GET');
  });

  test.each([
    [`/01/${GTIN14.slice(1)}/10/L-1`, 'digital-link/malformed-gtin'],
    ['/01/09506000134351/10/L-1', 'digital-link/wrong-check-digit'],
    [`/01/${GTIN14}/21/A/10/L-1`, 'digital-link/wrong-order'],
    [`/01/${GTIN14}/10/L%201`, 'digital-link/malformed-value'],
    [`/01/${GTIN14}/10/%E6%89%B9`, 'digital-link/malformed-value'],
    [`/01/${GTIN14}/99/x`, 'digital-link/unsupported-key'],
    [`/01/${GTIN14}/10/`, 'digital-link/malformed-path'],
    ['/id/yiwu-plates//10/L-1', 'digital-link/malformed-path'],
    [`/01/${GTIN14}/10/${'A'.repeat(300)}`, 'digital-link/malformed-path'],
  ])('%s is no code', async (path, code) => {
    const { body: problem } = await raw().get(path).expect(400);
    expect(problem.code).toBe(code);
  });

  test('a percent sign without its digits is refused before it comes to a code', async () => {
    await raw().get(`/01/${GTIN14}/10/%zz`).expect(400);
  });

  test('what is well-formed and not here is 404, in words for people and in a problem for machines', async () => {
    for (const path of [
      `/01/${GTIN14}/10/L-99`,
      `${CODE}/21/NOTTHERE`,
      '/01/04006381333931/10/L-1',
      '/01/04006381333931',
      '/id/nobody/nothing/10/L-1',
      '/passports/0123456789abcdef',
      '/passports/nonsense',
    ]) {
      const page = await html(path).expect(404);
      expect(page.text).toContain('No passport with this code is known here.');
      await raw().get(path).set('Accept', 'application/json').expect(404);
    }
    const scanned = await html('/01/04006381333931/10/%3Cb%3E').expect(404);
    expect(scanned.text).not.toContain('<b>');
  });

  test('a product without its lot asks for the lot and lists none', async () => {
    const page = await html(`/01/${GTIN14}`).expect(300);
    expect(page.text).toContain('Sugarcane plate');
    expect(page.text).not.toContain(LOT);
  });

  test('own identifiers resolve the same way', async () => {
    const own = await service
      .post('/api/v1/products', { ...PRODUCT, gtin: undefined, ownId: 'bowl' }, exporter.apiKey)
      .expect(201);
    const parts = { ...catalogue, product: own.body };
    const batch = await makeBatch(service, exporter.apiKey, parts, 'A/B');
    const of = await makeFootprint(service, exporter.apiKey, parts);
    const { body: passport } = await issue({ batch: batch.uuid, footprint: of.uuid, items: 2 }).expect(201);
    expect(passport.code).toBe(`/id/${exporter.slug}/bowl/10/A%2FB`);
    expect((await raw().get(passport.code).expect(307)).headers.location).toBe(
      `/passports/${passport.release}`,
    );
    await anchored(passport.release);
    const { body: items } = await service.get(
      `/api/v1/passports/${passport.release}/serials`,
      exporter.apiKey,
    );
    const bundle = await bundleOf(passport.release, `?serial=${items.serials[1]}`);
    expect((await verdictOf(bundle)).headline).toBe('matches');
  });

  test('no answer leads off this host', async () => {
    for (const query of [
      '?linkType=https://evil.example',
      '?next=//evil.example',
      '?x=%0d%0aLocation:%20https://evil.example',
    ]) {
      const { headers } = await raw().get(`${CODE}${query}`).expect(307);
      expect(headers.location).toMatch(/^\/passports\//);
      expect(new URL(headers.location as string, PUBLIC_URL).host).toBe('passports.example:8787');
    }
  });
});

describe('pages', () => {
  const field = (page: string, name: string) => new RegExp(`data-field="${name}">([^<]*)<`).exec(page)?.[1];

  test.each(['en', 'zh-CN'])(
    'the page in %s says everything first, weighs little and needs no script',
    async (language) => {
      for (const { release } of [covered, selfDeclared]) {
        const { text, headers } = await html(`/passports/${release}`, language).expect(200);
        for (const name of ['number', 'unit', 'boundary', 'maker', 'product', 'code', 'dates', 'opinion'])
          expect(field(text, name)?.length).toBeGreaterThan(0);
        expect(text).toContain(`data-release="${release}"`);
        expect(text).toContain('<section id="checks" role="status">');
        expect(text).toContain(language === 'en' ? 'Not checked on this device' : '尚未在本机核验');
        expect(text).toContain(language === 'en' ? 'TEST DATA' : '测试数据');
        expect(text).toContain(`<html lang="${language === 'en' ? 'en' : 'zh-CN'}">`);
        // ≤ 14 KB gzip: one round trip on a slow phone
        expect(gzipSync(text).length).toBeLessThan(14 * 1024);
        const prose = text.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ');
        expect(forbiddenWords(prose)).toEqual([]);
        const policy = headers['content-security-policy'] as string;
        expect(policy).not.toContain('unsafe');
        expect(policy).toContain("default-src 'none'");
        expect(headers['set-cookie']).toBeUndefined();
        expect(text.match(/style="|<script(?! type="module" src="\/assets\/)| on\w+="/g)).toBeNull();
      }
    },
  );

  test('self-declared says so directly under the number; withheld quantities are not in the page', async () => {
    const { text } = await html(`/passports/${selfDeclared.release}`).expect(200);
    expect(field(text, 'opinion')).toBe('Stated by the factory. Not checked by a third party.');
    expect(text).toContain('withheld');
    const open = await html(`/passports/${covered.release}`).expect(200);
    expect(open.text).toContain('65000 kWh');
    expect(text).not.toContain('65000');
  });

  test('names of customers, persons and vouchers are in no public answer', async () => {
    for (const { release } of [covered, selfDeclared])
      for (const accept of ['text/html', 'application/json', 'application/vc+jwt']) {
        const { text, body: bytes } = await raw()
          .get(`/passports/${release}`)
          .set('Accept', accept)
          .expect(200);
        const shown = text ?? Buffer.from(bytes).toString();
        const decoded = accept.endsWith('jwt')
          ? Buffer.from(shown.split('.')[1] ?? '', 'base64url').toString()
          : shown;
        expect(decoded).not.toContain('SECRET');
      }
  });

  test('?lang= wins over the header; the switch keeps the serial', async () => {
    const { text } = await html(`/passports/${covered.release}?lang=zh`, 'en').expect(200);
    expect(text).toContain('<html lang="zh-CN">');
    expect(text).toContain(`href="/passports/${covered.release}?lang=en"`);
  });

  test('gzip for those who take it, one body for both', async () => {
    const path = `/passports/${covered.release}`;
    const plain = await html(path).expect(200);
    const packed = await raw()
      .get(path)
      .set('Accept', 'text/html')
      .set('Accept-Encoding', 'gzip')
      .expect(200);
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.text).toBe(plain.text);
    expect(packed.headers.vary).toContain('Accept-Encoding');
  });

  test('what cannot be given is 406', async () => {
    await raw().get(`/passports/${covered.release}`).set('Accept', 'image/png').expect(406);
  });

  test('each refusal has a page that explains it', async () => {
    const { body: problem } = await service.post('/api/v1/products', PRODUCT, other.apiKey).expect(409);
    const page = await html(new URL(problem.type).pathname, 'zh').expect(200);
    expect(page.text).toContain('product/gtin-claimed');
    await html('/problems/no/such').expect(404);
    await html('/').expect(200);
    await html('/problems').expect(200);
    await html('/verify').expect(200);
    await html('/assets/..%2f..%2fpackage.json').expect(404);
  });
});

describe('a changed store', () => {
  const change = async (content: string, from: string, to: string, look: () => Promise<void>) => {
    const database = service.service.app.get(DataSource);
    const [{ bytes }] = await database.query('select bytes from document where id = $1', [content]);
    expect(bytes.toString()).toContain(from);
    await database.query('update document set bytes = $2 where id = $1', [
      content,
      Buffer.from(bytes.toString().replace(from, to)),
    ]);
    try {
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      await look();
    } finally {
      await database.query('update document set bytes = $2 where id = $1', [content, bytes]);
      await new Promise((resolve) => setTimeout(resolve, 1_050));
    }
  };

  test('page and bundle are served from the same text: both show it, the check says Altered', async () => {
    const number = footprint.number as string;
    const changed = `9${number.slice(1)}`;
    await change(covered.content, `"number":"${number}"`, `"number":"${changed}"`, async () => {
      const page = await html(`/passports/${covered.release}`).expect(200);
      expect(page.text).toMatch(/data-field="number">9/);
      const bundle = await bundleOf(covered.release);
      expect(bundle.documents.find(({ type }: any) => type === 'passport/v1').doc.footprint.number).toBe(
        changed,
      );
      expect(await verdictOf(bundle)).toMatchObject({ headline: 'altered', facts: null });
    });
    expect((await verdictOf(await bundleOf(covered.release))).headline).toBe('matches');
  });

  test.each([
    ['is no JSON any more', '{', '<'],
    ['lost a member', '"maker"', '"maker"'],
    ['is of another shape', '"batch":{', '"batch":7,"x":{'],
  ])(
    'a passport text that %s still gives a page, which says so, and a bundle that is Altered',
    async (_, from, to) => {
      const target = from === '"maker"' ? ['"issuedAt"', '"issuedaT"'] : [from, to];
      await change(covered.content, target[0] as string, target[1] as string, async () => {
        const page = await html(`/passports/${covered.release}`).expect(200);
        expect(page.text).toContain('cannot be read');
        expect(page.text).toContain('<section id="checks" role="status">');
        expect((await verdictOf(await bundleOf(covered.release))).headline).toBe('altered');
      });
    },
  );

  test('a withheld quantity does not come out when the text around it is broken', async () => {
    const bundle = await bundleOf(selfDeclared.release);
    const activity = bundle.documents.find(({ doc }: any) => doc.item === 'grid-electricity');
    await change(activity.id, '"quantity"', '"quantity":{"digest":"x"},"quantitY"', async () => {
      const broken = await bundleOf(selfDeclared.release);
      expect(JSON.stringify(broken)).not.toContain('65000');
      expect((await verdictOf(broken)).headline).toBe('altered');
    });
  });

  test('a removed text is Removed, never Altered, and its page is 410', async () => {
    const batch = await makeBatch(service, exporter.apiKey, catalogue, 'L-gone');
    const { body: passport } = await issue({ batch: batch.uuid, footprint: footprint.uuid }).expect(201);
    await anchored(passport.release);
    const database = service.service.app.get(DataSource);
    await database.query('update document set bytes = null, salts = null, erased_at = now() where id = $1', [
      passport.content,
    ]);
    expect((await verdictOf(await bundleOf(passport.release))).headline).toBe('removed');
    await html(`/passports/${passport.release}`).expect(410);
  });
});

test('the server checks only what is a bundle', async () => {
  expect((await service.post('/api/v1/verify', {}).expect(400)).body.code).toBe('verify/no-bundle');
  expect((await service.post('/api/v1/verify', { bundle: { format: 'x' } }).expect(400)).body.code).toBe(
    'bundle/unknown-format',
  );
});

test('the public list has each release whose mint is final, in the order of the mints, and no other', async () => {
  const database = service.service.app.get(DataSource);
  const listed = async () => (await raw().get('/passports/index/0.json').expect(200)).body.releases;
  const { body: index } = await raw().get('/passports/index.json').expect(200);
  expect(index).toMatchObject({ format: 'anchorleaf-releases/v1', pageSize: 500 });
  const before = await listed();
  expect(before).toHaveLength(index.count);
  expect(before.slice(0, 2).map(({ release }: any) => release)).toEqual([
    covered.release,
    selfDeclared.release,
  ]);
  expect(Object.keys(before[0])).toEqual(['release', 'token']);
  const setState = (state: string) =>
    database.query(
      'update chain_transaction set state = $1 where id = (select transaction from passport where release = $2)',
      [state, selfDeclared.release],
    );
  await setState('mined');
  const without = await listed();
  await setState('final');
  expect(without.map(({ release }: any) => release)).not.toContain(selfDeclared.release);
  expect(without).toHaveLength(index.count - 1);
  for (const page of ['1.json', '00.json', '-1.json', '0', 'x.json'])
    await raw().get(`/passports/index/${page}`).expect(404);
});

import { parseEntry } from '#lib/record';
import { ProofsService } from '../../apps/ledger/src/log/proofs.service.ts';
import {
  FACILITY,
  GTIN14,
  makeBatch,
  makeCatalogue,
  makeExporter,
  makeKeyHolder,
  PRODUCT,
} from '../support/factory.ts';
import { type Organisation, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let exporter: Organisation;
let other: Organisation;
let catalogue: Awaited<ReturnType<typeof makeCatalogue>>;
beforeAll(async () => {
  service = await startTestService();
  exporter = await makeExporter(service);
  other = await makeExporter(service, 'other-plates');
  catalogue = await makeCatalogue(service, exporter.apiKey);
});
afterAll(() => service?.stop());

const proofs = () => service.service.app.get(ProofsService);
const size = async () => (await proofs().head())?.size;

test('a product is a plain entry under a signed manifest of its maker, and nothing of it is readable there', async () => {
  const { product } = catalogue;
  expect(product).toMatchObject({ id: `https://id.gs1.org/01/${GTIN14}`, gtin: GTIN14, idScheme: 'gtin' });
  const [recorded] = await proofs().entriesByContent([product.content]);
  const entry = parseEntry(recorded!.bytes);
  const manifest = parseEntry((await proofs().entry(recorded!.index + 1n))!.bytes);
  expect([entry.kind, entry.sig, manifest.kind, manifest.sig?.kid]).toEqual([
    'product/v1',
    undefined,
    'import/v1',
    `${exporter.did}#key-1`,
  ]);
  expect(manifest.refs).toContainEqual({
    rel: 'covers',
    entry: Buffer.from(recorded!.leafHash).toString('hex'),
  });
  const text = Buffer.from(recorded!.bytes).toString();
  for (const secret of [GTIN14, 'Sugarcane', 'SECRET', '48237010']) expect(text).not.toContain(secret);
});

test.each([
  ['a wrong check digit', { ...PRODUCT, gtin: '9506000134351' }, 'digital-link/wrong-check-digit', '/gtin'],
  ['neither identifier', { ...PRODUCT, gtin: undefined }, 'product/one-identifier', '/gtin'],
  ['both identifiers', { ...PRODUCT, ownId: 'plate-9' }, 'product/one-identifier', '/gtin'],
  ['no name', { ...PRODUCT, names: {} }, 'catalogue/no-name', '/names'],
  [
    'a mass in pieces',
    { ...PRODUCT, massPerUnit: { value: '1', unit: 'piece' } },
    'catalogue/not-a-mass',
    '/massPerUnit/unit',
  ],
  [
    'an unknown unit',
    { ...PRODUCT, declaredUnit: { amount: '1', unit: 'plate' } },
    'quantity/unknown-unit',
    '/declaredUnit/unit',
  ],
  [
    'nought of it',
    { ...PRODUCT, declaredUnit: { amount: '0', unit: 'piece' } },
    'catalogue/not-positive',
    '/declaredUnit/amount',
  ],
  [
    'a number as JSON number',
    { ...PRODUCT, massPerUnit: { value: 0.015, unit: 'kg' } },
    'http/invalid-body',
    '/massPerUnit/value',
  ],
  ['an unknown member', { ...PRODUCT, colour: 'green' }, 'http/invalid-body', '/colour'],
  ['the reserved key', { ...PRODUCT, buyerSku: { digest: 'x' } }, 'http/invalid-body', '/buyerSku'],
])('a product with %s is refused', async (_, body, code, pointer) => {
  const before = await size();
  const { body: problem } = await service.post('/api/v1/products', body, exporter.apiKey).expect(400);
  expect(problem).toMatchObject({ code, pointer, type: expect.stringContaining(`/problems/${code}`) });
  expect(problem.remedy.length).toBeGreaterThan(10);
  expect(await size()).toBe(before);
});

test('a GTIN belongs to the first who claims it; the second reads how to dispute and not who holds it', async () => {
  const { body } = await service.post('/api/v1/products', PRODUCT, other.apiKey).expect(409);
  expect(body.code).toBe('product/gtin-claimed');
  expect(body.remedy).toContain('dispute');
  expect(JSON.stringify(body)).not.toContain(exporter.slug);
});

test('own identifiers live under their organisation', async () => {
  const own = { ...PRODUCT, gtin: undefined, ownId: 'plate-9' };
  const mine = await service.post('/api/v1/products', own, exporter.apiKey).expect(201);
  const theirs = await service.post('/api/v1/products', own, other.apiKey).expect(201);
  expect([mine.body.id, theirs.body.id]).toEqual([
    `http://passports.example:8787/id/${exporter.slug}/plate-9`,
    `http://passports.example:8787/id/${other.slug}/plate-9`,
  ]);
  const again = await service.post('/api/v1/products', own, exporter.apiKey).expect(409);
  expect(again.body.code).toBe('product/duplicate');
});

test('a facility slug is taken once', async () => {
  const { body } = await service.post('/api/v1/facilities', FACILITY, exporter.apiKey).expect(409);
  expect(body).toMatchObject({ code: 'facility/duplicate', pointer: '/slug' });
  await service.post('/api/v1/facilities', FACILITY, other.apiKey).expect(201);
});

describe('batches', () => {
  const body = (lot: string, more: object = {}) => ({
    product: catalogue.product.uuid,
    facility: catalogue.facility.uuid,
    lot,
    producedFrom: '2025-11-01T00:00:00Z',
    producedUntil: '2025-11-08T00:00:00Z',
    quantity: { value: '100', unit: 'piece' },
    ...more,
  });

  test('a lot is there once; the same key gives the same batch and records nothing more', async () => {
    const first = await service
      .post('/api/v1/batches', body('L-1'), exporter.apiKey, 'batch-key')
      .expect(201);
    const before = await size();
    const again = await service
      .post('/api/v1/batches', body('L-1'), exporter.apiKey, 'batch-key')
      .expect(201);
    expect(again.body).toEqual(first.body);
    const other = await service
      .post(
        '/api/v1/batches',
        body('L-1', { quantity: { value: '101', unit: 'piece' } }),
        exporter.apiKey,
        'batch-key',
      )
      .expect(422);
    expect(other.body.code).toBe('http/idempotency-mismatch');
    const without = await service.post('/api/v1/batches', body('L-1'), exporter.apiKey).expect(409);
    expect(without.body).toMatchObject({ code: 'batch/duplicate', pointer: '/lot' });
    expect(await size()).toBe(before);
  });

  test('ten at once with one key make one batch, ten without make one and nine refusals', async () => {
    const keyed = await Promise.all(
      Array.from({ length: 10 }, () =>
        service.post('/api/v1/batches', body('L-2'), exporter.apiKey, 'crowd'),
      ),
    );
    expect(new Set(keyed.map(({ status, body }) => `${status} ${body.uuid}`)).size).toBe(1);
    const loose = await Promise.all(
      Array.from({ length: 10 }, () => service.post('/api/v1/batches', body('L-3'), exporter.apiKey)),
    );
    expect(loose.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
  });

  test.each([
    ['a space', 'A 1', 'digital-link/malformed-value'],
    ['Chinese characters', '批次1', 'digital-link/malformed-value'],
    ['21 characters', 'A'.repeat(21), 'digital-link/malformed-value'],
    ['a step in the path', '..', 'digital-link/malformed-value'],
  ])('a lot with %s is refused', async (_, lot, code) => {
    const { body: problem } = await service.post('/api/v1/batches', body(lot), exporter.apiKey).expect(400);
    expect(problem).toMatchObject({ code, pointer: '/lot' });
  });

  test('production ends after it starts', async () => {
    const reversed = body('L-4', { producedUntil: '2025-11-01T00:00:00Z' });
    const { body: problem } = await service.post('/api/v1/batches', reversed, exporter.apiKey).expect(400);
    expect(problem.code).toBe('batch/period');
  });

  test('slashes and percent signs are good lots', async () => {
    expect((await makeBatch(service, exporter.apiKey, catalogue, 'A/B%1')).lot).toBe('A/B%1');
  });
});

test("another organisation's rows are not there, for reading or for building on", async () => {
  const batch = await makeBatch(service, exporter.apiKey, catalogue, 'L-9');
  for (const path of [
    `/api/v1/facilities/${catalogue.facility.uuid}`,
    `/api/v1/products/${catalogue.product.uuid}`,
    `/api/v1/batches/${batch.uuid}`,
  ]) {
    await service.get(path, exporter.apiKey).expect(200);
    expect((await service.get(path, other.apiKey).expect(404)).body.code).toBe('http/not-found');
  }
  const stolen = {
    product: catalogue.product.uuid,
    facility: catalogue.facility.uuid,
    lot: 'X',
    producedFrom: '2025-11-01T00:00:00Z',
    producedUntil: '2025-11-08T00:00:00Z',
    quantity: { value: '1', unit: 'piece' },
  };
  await service.post('/api/v1/batches', stolen, other.apiKey).expect(404);
  expect((await service.get('/api/v1/batches', other.apiKey).expect(200)).body).toEqual([]);
});

test('only exporters have a catalogue', async () => {
  const body = await makeKeyHolder(service, 'body', 'a-body');
  expect((await service.post('/api/v1/facilities', FACILITY, body.apiKey).expect(403)).body.code).toBe(
    'http/forbidden',
  );
  await service.post('/api/v1/facilities', FACILITY).expect(401);
});

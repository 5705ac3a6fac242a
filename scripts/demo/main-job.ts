// The main job in the order a factory lives it. Every number that is recorded comes out of the workbook and the meter
// files; nothing is written past the API.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Interface, Wallet } from 'ethers';
import { ROOT } from '../build.ts';
import { makeDemoFiles } from '../demo-workbook.ts';
import { Client } from './client.ts';
import { keepPeople, makeOrFindPeople, sendOwnTransaction } from './people.ts';
import { failedChecks, followCode, requireHeadline, runChecker } from './scan.ts';
import { DATA_DIR } from './service.ts';
import { tamperWithFootprint } from './tamper.ts';

type Step = <T>(name: string, title: string, run: () => Promise<T> | T) => Promise<T>;

export type Outcome = {
  passportUrl: string;
  selfDeclaredUrl: string;
  bundle: string;
  root: string;
  labels: string[];
  headline: string;
  overlays: string[];
  checks: Record<string, string>;
  tampered: { headline: string; failed: string[] };
  restored: { headline: string };
  items: number;
  log: { size: string; root: string };
  anchor: { txHash: string; gasUsed: string };
  mint: { txHash: string; gasUsed: string };
};

const ITEMS = 1_000;
const YEAR = 2025;
/** GS1's example prefix 9506000; the check digit is right, nobody sells under it. */
const GTIN = '09506000134352';

const abi = (name: string) =>
  new Interface(
    JSON.parse(readFileSync(join(ROOT, 'apps/ledger/src/chain/contracts.generated.json'), 'utf8'))[name].abi,
  );

export async function mainJob(url: string, step: Step): Promise<Outcome> {
  const rootFile = join(DATA_DIR, 'root.json');
  const root = JSON.parse(readFileSync(rootFile, 'utf8'));
  const run = new Date().toISOString().replace(/\D/g, '').slice(2, 14);
  const lot = `L${run}`;
  const folder = join(DATA_DIR, 'demo', lot);
  mkdirSync(folder, { recursive: true });

  const people = await step('people', 'Exporter, body and registrar with their keys', () =>
    makeOrFindPeople(url),
  );
  const exporter = new Client(url, people.exporter.apiKey);
  const body = new Client(url, people.body.apiKey);
  const registrar = new Client(url, people.registrar.apiKey);
  const bodyWallet = new Wallet(people.body.secretKey as string);
  const registrarWallet = new Wallet(people.registrar.secretKey as string);

  const { facility, product, batch, otherBatch } = await step(
    'catalogue',
    'Facility, product and two batches',
    async () => {
      // same key, same request: the second run finds what the first one made
      const facility = await exporter.post(
        '/api/v1/facilities',
        {
          slug: 'yiwu-1',
          names: { zh: '义乌一厂', en: 'Yiwu plant 1' },
          country: 'CN',
          subdivision: 'CN-ZJ',
          address: { city: 'Yiwu', street: 'Sample Road 1' },
        },
        'demo-facility',
      );
      const product = await exporter.post(
        '/api/v1/products',
        {
          gtin: GTIN,
          names: { zh: '甘蔗浆圆盘 9 英寸', en: 'Sugarcane plate, 9 inch' },
          buyerSku: 'PLATE-9-NAT',
          cnCode: '48237010',
          declaredUnit: { amount: '1', unit: 'piece' },
          massPerUnit: { value: '0.015', unit: 'kg' },
          packaging: [
            { material: 'corrugated board', mass: { value: '0.0012', unit: 'kg' } },
            { material: 'PE film', mass: { value: '0.0002', unit: 'kg' } },
          ],
        },
        'demo-product',
      );
      const produced = { producedFrom: `${YEAR}-11-01T00:00:00Z`, producedUntil: `${YEAR}-11-08T00:00:00Z` };
      const make = (name: string) =>
        exporter.post('/api/v1/batches', {
          product: product.uuid,
          facility: facility.uuid,
          lot: name,
          ...produced,
          quantity: { value: '120000', unit: 'piece' },
        });
      return { facility, product, batch: await make(lot), otherBatch: await make(`${lot}S`) };
    },
  );

  const imports = await step('import', 'Workbook and two hourly meter files', async () => {
    const files = await makeDemoFiles({ lot, year: YEAR });
    const uploads = [
      { kind: 'workbook', name: `factory-${YEAR}.xlsx`, bytes: files.workbook },
      { kind: 'meter-csv', line: 'L1', name: `meter-L1-${YEAR}.csv`, bytes: files.meterCsv.L1 },
      { kind: 'meter-csv', line: 'L2', name: `meter-L2-${YEAR}.csv`, bytes: files.meterCsv.L2 },
    ];
    const confirmed: string[] = [];
    for (const { name, bytes, ...fields } of uploads) {
      writeFileSync(join(folder, name), bytes);
      const draft = await exporter.upload(
        '/api/v1/imports',
        { facility: facility.uuid, product: product.uuid, year: String(YEAR), ...fields },
        { name, bytes },
      );
      if (draft.refusals.length > 0)
        throw new Error(`${name} was refused: ${JSON.stringify(draft.refusals)}`);
      if (draft.questions.length > 0)
        throw new Error(`${name} raises questions: ${JSON.stringify(draft.questions)}`);
      await exporter.post(`/api/v1/imports/${draft.uuid}/confirm`);
      confirmed.push(draft.uuid);
    }
    return confirmed;
  });

  const footprint = await step('calculate', 'Footprint of the product for the year', () =>
    exporter.post('/api/v1/footprints', {
      product: product.uuid,
      facility: facility.uuid,
      // the calendar year in Yiwu (UTC+8)
      period: { start: `${YEAR - 1}-12-31T16:00:00Z`, end: `${YEAR}-12-31T16:00:00Z` },
      imports,
      template: 'moulded-pulp-tableware',
    }),
  );

  await step('register', 'The registrar registers the body, by its own transaction', async () => {
    if (people.registration) return;
    const validFrom = Math.floor(Date.now() / 1000) - 86_400; // registered yesterday for three years
    const validUntil = validFrom + 3 * 365 * 86_400;
    const day = (seconds: number) => new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
    const snapshot = await registrar.post('/api/v1/registrations', {
      registrar: registrarWallet.address,
      body: bodyWallet.address,
      names: { zh: '示例核查机构（演示）', en: 'Sample Verification Body (demo)' },
      accreditation: { body: 'Sample accreditation board (demo)', number: 'DEMO-14065-001' },
      scope: 'ISO 14067 product footprints: paper and moulded-pulp tableware',
      validFrom: day(validFrom),
      validUntil: day(validUntil),
    });
    await sendOwnTransaction(url, people.registrar, Number(root.chain.id), root.contracts.bodies.address, {
      abi: abi('BodyRegistry'),
      name: 'registerBody',
      args: [bodyWallet.address, validFrom, validUntil, snapshot.scope, snapshot.snapshot],
    });
    keepPeople({ ...people, registration: snapshot.content });
  });

  const opinion = await step('opinion', 'The body signs its opinion with its own key', async () => {
    const query = `body=${bodyWallet.address}&registrar=${registrarWallet.address}&reviewer=Independent%20reviewer%20(demo)`;
    const template = await body.get(`/api/v1/footprints/${footprint.uuid}/opinion-template?${query}`);
    const message = {
      ...template.message,
      visit: `${YEAR + 1}-03-12 on site`,
      reportNumber: `DEMO-${lot}`,
    };
    const { EIP712Domain: _, ...types } = template.types;
    const signature = await bodyWallet.signTypedData(template.domain, types, message);
    return body.post('/api/v1/opinions', {
      footprint: footprint.uuid,
      message,
      signature,
      reviewer: template.reviewer,
      reviewerSalt: template.reviewerSalt,
      names: { zh: '示例核查机构（演示）', en: 'Sample Verification Body (demo)' },
    });
  });

  const [covered, selfDeclared] = await step(
    'mint',
    `Two passports: with opinion (${ITEMS} items), and self-declared`,
    async () => {
      const first = await exporter.post('/api/v1/passports', {
        batch: batch.uuid,
        footprint: footprint.uuid,
        opinion: opinion.uuid,
        covered: true,
        items: ITEMS,
        disclosure: 'all-inputs',
        materials: [{ name: 'bagasse pulp', massFraction: '1', originCountry: 'CN' }],
      });
      const second = await exporter.post('/api/v1/passports', {
        batch: otherBatch.uuid,
        footprint: footprint.uuid,
      });
      return [await untilAnchored(exporter, first.release), await untilAnchored(exporter, second.release)];
    },
  );

  const labels = await step('labels', 'Label sheets of the first 100 items', async () => {
    const written: string[] = [];
    for (const format of ['svg', 'pdf']) {
      const response = await fetch(
        `${url}/api/v1/passports/${covered.release}/labels.${format}?from=0&count=100`,
        {
          headers: { authorization: `Bearer ${people.exporter.apiKey}` },
        },
      );
      if (!response.ok) throw new Error(`labels.${format}: ${response.status} ${await response.text()}`);
      const path = join(folder, `labels.${format}`);
      writeFileSync(path, new Uint8Array(await response.arrayBuffer()));
      written.push(path);
    }
    return written;
  });

  const bundlePath = join(folder, 'bundle.json');
  const scan = async (release: string, path: string, serial?: string) => {
    const response = await fetch(`${url}/passports/${release}/bundle${serial ? `?serial=${serial}` : ''}`);
    if (!response.ok) throw new Error(`bundle of ${release}: ${response.status} ${await response.text()}`);
    writeFileSync(path, await response.text());
    return runChecker(path, rootFile);
  };

  const first = await step('scan', 'Scanning an item, the batch and the self-declared batch', async () => {
    const { serials } = await exporter.get(`/api/v1/passports/${covered.release}/serials`);
    if (serials.length !== ITEMS) throw new Error(`${serials.length} serials, not ${ITEMS}`);
    await followCode(`${url}/01/${GTIN}/10/${lot}/21/${serials[7]}`);
    await followCode(`${url}/01/${GTIN}/10/${lot}`);
    requireHeadline(
      await scan(covered.release, join(folder, 'item-bundle.json'), serials[7]),
      'matches',
      'the item',
    );
    const other = await scan(selfDeclared.release, join(folder, 'self-declared-bundle.json'));
    requireHeadline(other, 'matches', 'the self-declared batch');
    if (!other.overlays.some(({ id }) => id === 'self-declared'))
      throw new Error('the self-declared passport does not say so');
    const report = await scan(covered.release, bundlePath);
    requireHeadline(report, 'matches', 'the covered batch');
    return report;
  });

  const tampered = await step(
    'tamper',
    'Changing one number in the store that scans are served from',
    async () => {
      const change = await tamperWithFootprint(footprint.content, footprint.number);
      console.log(`\n  ${change.where}: ${change.before} → ${change.after}`);
      try {
        await pause(1_100);
        const report = await scan(covered.release, join(folder, 'tampered-bundle.json'));
        requireHeadline(report, 'altered', 'the tampered record');
        return { headline: report.headline, failed: failedChecks(report) };
      } finally {
        await change.restore();
      }
    },
  );

  const restored = await step('restore', 'Restoring it and scanning again', async () => {
    await pause(1_100);
    const report = await scan(covered.release, bundlePath);
    requireHeadline(report, 'matches', 'the restored record');
    return { headline: report.headline };
  });

  const head = JSON.parse(readFileSync(rootFile, 'utf8')).head;
  return {
    passportUrl: covered.url,
    selfDeclaredUrl: selfDeclared.url,
    bundle: bundlePath,
    root: rootFile,
    labels,
    headline: first.headline,
    overlays: first.overlays.map(({ id }) => id),
    checks: Object.fromEntries(Object.entries(first.checks).map(([name, { status }]) => [name, status])),
    tampered,
    restored,
    items: ITEMS,
    log: { size: head.size, root: head.root },
    anchor: { txHash: covered.anchor.txHash, gasUsed: String(covered.anchor.gasUsed) },
    mint: { txHash: covered.mint.txHash, gasUsed: String(covered.mint.gasUsed) },
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function untilAnchored(exporter: Client, release: string): Promise<Record<string, any>> {
  for (let waited = 0; waited < 60_000; waited += 150) {
    const passport = await exporter.get(`/api/v1/passports/${release}`);
    if (passport.state === 'anchored') return passport;
    if (passport.state === 'failed') throw new Error(`the mint failed: ${JSON.stringify(passport)}`);
    await pause(150);
  }
  throw new Error(`passport ${release} was not anchored after 60 s`);
}

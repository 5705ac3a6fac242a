// A factory with everything that a passport needs, made through the API as its people would.

import { Interface, Wallet } from 'ethers';
import ExcelJS from 'exceljs';
import request from 'supertest';
import { ChainService, type ContractName } from '../../apps/ledger/src/chain/chain.service.ts';
import generated from '../../apps/ledger/src/chain/contracts.generated.json' with { type: 'json' };
import { EXPORTER, type Organisation, type TestService } from './service.ts';

export const GTIN = '9506000134352';
export const GTIN14 = '09506000134352';
export const PERIOD = { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' };
export const FACILITY = {
  slug: 'yiwu-1',
  names: { zh: '义乌一厂', en: 'Yiwu plant 1' },
  country: 'CN',
  subdivision: 'CN-ZJ',
  address: { street: 'Sample Road 1', city: 'Yiwu' },
};
export const PRODUCT = {
  gtin: GTIN,
  names: { zh: '甘蔗浆圆盘', en: 'Sugarcane plate' },
  buyerSku: 'SECRET-SKU-9',
  cnCode: '48237010',
  declaredUnit: { amount: '1', unit: 'piece' },
  massPerUnit: { value: '0.015', unit: 'kg' },
  packaging: [{ material: 'corrugated board', mass: { value: '0.0012', unit: 'kg' } }],
};

export type Key = Organisation & { readonly wallet: Wallet };

export async function makeKeyHolder(
  service: TestService,
  role: 'body' | 'registrar',
  slug: string,
): Promise<Key> {
  const wallet = new Wallet(Wallet.createRandom().privateKey);
  const names = { zh: `示例 ${slug}`, en: `Sample ${slug}` };
  const made = await service.enrol({ slug, role, names, country: 'CN', ethAddress: wallet.address });
  return { ...made, wallet };
}

export const makeExporter = (service: TestService, slug: string = EXPORTER.slug): Promise<Organisation> =>
  service.enrol({ ...EXPORTER, slug });

export type Catalogue = { readonly facility: any; readonly product: any };

export async function makeCatalogue(
  service: TestService,
  apiKey: string,
  product: object = PRODUCT,
): Promise<Catalogue> {
  const facility = await service.post('/api/v1/facilities', FACILITY, apiKey).expect(201);
  const made = await service.post('/api/v1/products', product, apiKey).expect(201);
  return { facility: facility.body, product: made.body };
}

export async function makeBatch(
  service: TestService,
  apiKey: string,
  { facility, product }: Catalogue,
  lot: string,
  more: object = {},
): Promise<any> {
  const body = {
    product: product.uuid,
    facility: facility.uuid,
    lot,
    producedFrom: '2025-11-01T00:00:00Z',
    producedUntil: '2025-11-08T00:00:00Z',
    quantity: { value: '120000', unit: 'piece' },
    ...more,
  };
  return (await service.post('/api/v1/batches', body, apiKey).expect(201)).body;
}

type Cell = string | number | { error: string };
export type Tables = Readonly<Record<string, readonly (readonly Cell[])[]>>;

/** A year of a small factory: two lines, electricity, gas, pulp. */
export const YEAR_TABLES: Tables = {
  产量: [
    ['产线', '开始日期', '结束日期', '产量', '单位'],
    ['L1', '2025-01-01', '2025-12-31', 600_000, '个'],
    ['L2', '2025-01-01', '2025-12-31', 400_000, '个'],
  ],
  电力: [
    ['用途', '产线', '开始日期', '结束日期', '电量', '单位', '凭证号'],
    ['外购', '公用', '2025-01-01', '2025-12-31', 65_000, '度', 'SECRET-BILL-1'],
    ['产线', 'L1', '2025-01-01', '2025-12-31', 36_000, 'kWh', ''],
    ['产线', 'L2', '2025-01-01', '2025-12-31', 29_000, 'kWh', ''],
  ],
  燃料热力: [
    ['名称', '产线', '开始日期', '结束日期', '数量', '单位'],
    ['天然气', '公用', '2025-01-01', '2025-12-31', 12_000, 'm3'],
  ],
};

/** An .xlsx file of these tables. */
export async function makeWorkbook(tables: Tables): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  for (const [name, rows] of Object.entries(tables)) {
    const sheet = workbook.addWorksheet(name);
    for (const row of rows) sheet.addRow(row.map((cell) => cell));
  }
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

export function upload(
  service: TestService,
  apiKey: string,
  fields: Readonly<Record<string, string>>,
  file: { readonly name: string; readonly bytes: Buffer },
  idempotencyKey?: string,
): request.Test {
  const test = request(service.service.app.getHttpServer())
    .post('/api/v1/imports')
    .set('Authorization', `Bearer ${apiKey}`);
  if (idempotencyKey) void test.set('Idempotency-Key', idempotencyKey);
  for (const [name, value] of Object.entries(fields)) void test.field(name, value);
  return test.attach('file', file.bytes, file.name);
}

export async function makeFootprint(
  service: TestService,
  apiKey: string,
  catalogue: Catalogue,
): Promise<any> {
  const fields = { facility: catalogue.facility.uuid, product: catalogue.product.uuid, kind: 'workbook' };
  const file = { name: 'year.xlsx', bytes: await makeWorkbook(YEAR_TABLES) };
  const { body: draft } = await upload(service, apiKey, fields, file).expect(201);
  if (draft.refusals.length + draft.questions.length > 0) throw new Error(JSON.stringify(draft, null, 1));
  await service.post(`/api/v1/imports/${draft.uuid}/confirm`, {}, apiKey).expect(200);
  const body = {
    product: catalogue.product.uuid,
    facility: catalogue.facility.uuid,
    period: PERIOD,
    imports: [draft.uuid],
    template: 'moulded-pulp-tableware',
  };
  return (await service.post('/api/v1/footprints', body, apiKey).expect(201)).body;
}

const abi = (name: ContractName) => new Interface((generated as any)[name].abi);

/** A call signed with somebody's own key, relayed by the service. */
export async function sendOwn(
  service: TestService,
  who: Key,
  contract: ContractName,
  name: string,
  args: readonly unknown[],
): Promise<void> {
  const chain = service.service.app.get(ChainService);
  const nonce = await chain.rpc.call('eth_getTransactionCount', [who.wallet.address, 'latest']);
  const raw = await who.wallet.signTransaction({
    to: chain.address(contract),
    data: abi(contract).encodeFunctionData(name, args),
    chainId: chain.facts.chainId,
    nonce: Number(nonce),
    gasLimit: 1_000_000,
    maxFeePerGas: 0,
    maxPriorityFeePerGas: 0,
    type: 2,
  });
  const { body } = await service.post('/api/v1/transactions', { raw }, who.apiKey).expect(200);
  if (body.status !== 'mined') throw new Error(JSON.stringify(body));
}

/** The registrar stores its document and registers the body, for three years from yesterday. */
export async function register(service: TestService, registrar: Key, body: Key): Promise<any> {
  const from = Math.floor(Date.now() / 1000) - 86_400;
  const until = from + 3 * 365 * 86_400;
  const time = (seconds: number) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
  const { body: snapshot } = await service
    .post(
      '/api/v1/registrations',
      {
        registrar: registrar.wallet.address,
        body: body.wallet.address,
        names: { zh: '示例核查机构', en: 'Sample body' },
        accreditation: { body: 'Sample board', number: 'TEST-1' },
        scope: 'product footprints of tableware',
        validFrom: time(from),
        validUntil: time(until),
      },
      registrar.apiKey,
    )
    .expect(201);
  await sendOwn(service, registrar, 'BodyRegistry', 'registerBody', [
    body.wallet.address,
    from,
    until,
    snapshot.scope,
    snapshot.snapshot,
  ]);
  return snapshot;
}

/** A body's opinion, ready to be sent in; `change` alters the message before it is signed. */
export async function signOpinion(
  service: TestService,
  footprint: string,
  registrar: Key,
  body: Key,
  change: Readonly<Record<string, string>> = {},
  signer: Wallet = body.wallet,
): Promise<any> {
  const query = `body=${body.wallet.address}&registrar=${registrar.wallet.address}&reviewer=SECRET%20Reviewer`;
  const { body: template } = await service
    .get(`/api/v1/footprints/${footprint}/opinion-template?${query}`, body.apiKey)
    .expect(200);
  const message = { ...template.message, visit: '2026-03-12 on site', reportNumber: 'R-1', ...change };
  const { EIP712Domain: _, ...types } = template.types;
  return {
    footprint,
    message,
    reviewer: template.reviewer,
    reviewerSalt: template.reviewerSalt,
    names: { zh: '示例核查机构', en: 'Sample body' },
    signature: await signer.signTypedData(template.domain, types, message),
  };
}

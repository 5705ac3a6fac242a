import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import { parseEntry } from '#lib/record';
import { DocumentsService } from '../../apps/ledger/src/documents/documents.service.ts';
import { ProofsService } from '../../apps/ledger/src/log/proofs.service.ts';
import {
  makeCatalogue,
  makeExporter,
  makeFootprint,
  makeKeyHolder,
  makeWorkbook,
  PERIOD,
  PRODUCT,
  type Tables,
  upload,
  YEAR_TABLES,
} from '../support/factory.ts';
import { type Organisation, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let exporter: Organisation;
let other: Organisation;
let catalogue: Awaited<ReturnType<typeof makeCatalogue>>;
let fields: Record<string, string>;
beforeAll(async () => {
  service = await startTestService();
  exporter = await makeExporter(service);
  other = await makeExporter(service, 'other-plates');
  catalogue = await makeCatalogue(service, exporter.apiKey);
  fields = { facility: catalogue.facility.uuid, product: catalogue.product.uuid, kind: 'workbook' };
});
afterAll(() => service?.stop());

const proofs = () => service.service.app.get(ProofsService);
const size = async () => (await proofs().head())?.size;
const send = async (tables: Tables, key?: string, status = 201): Promise<any> => {
  const file = { name: 'year.xlsx', bytes: await makeWorkbook(tables) };
  const answer = await upload(service, exporter.apiKey, fields, file, key);
  expect([answer.status, answer.body.detail]).toEqual([status, answer.body.detail]);
  return answer.body;
};

/** The year with one cell changed; row and column count from 1 as in the spreadsheet. */
const changed = (sheet: string, row: number, column: number, value: any): Tables => ({
  ...YEAR_TABLES,
  [sheet]: YEAR_TABLES[sheet]!.map((cells, r) =>
    r === row - 1 ? cells.map((cell, c) => (c === column - 1 ? value : cell)) : cells,
  ),
});

test('a workbook becomes a draft; nothing is recorded before it is confirmed, then everything at once', async () => {
  const before = await size();
  const draft = await send(YEAR_TABLES);
  expect(draft).toMatchObject({ state: 'draft', refusals: [], questions: [] });
  expect(draft.summary).toEqual({ activities: 6, sheets: ['产量', '电力', '燃料热力'] });
  expect(await size()).toBe(before);

  const { body: done } = await service
    .post(`/api/v1/imports/${draft.uuid}/confirm`, {}, exporter.apiKey)
    .expect(200);
  expect(done.state).toBe('confirmed');
  expect(done.activities).toHaveLength(6);
  expect(done.entries.map(({ kind }: any) => kind)).toEqual([...Array(6).fill('activity/v1'), 'import/v1']);
  expect(await size()).toBe(before! + 7n);

  const again = await service.post(`/api/v1/imports/${draft.uuid}/confirm`, {}, exporter.apiKey).expect(200);
  expect(again.body).toEqual(done);
  expect(await size()).toBe(before! + 7n);

  // the voucher's number is nowhere but in the file and the draft
  const documents = service.service.app.get(DocumentsService);
  for (const { content, index } of done.entries) {
    const stored = (await documents.load(content)) as { bytes: Uint8Array };
    expect(Buffer.from(stored.bytes).toString()).not.toContain('SECRET-BILL');
    const entry = await proofs().entry(BigInt(index));
    expect(Buffer.from(entry!.bytes).toString()).not.toMatch(/65000|SECRET|year\.xlsx/);
  }
  const manifest = done.entries.at(-1);
  expect(parseEntry((await proofs().entry(BigInt(manifest.index)))!.bytes).refs).toHaveLength(6);
});

test('two who confirm at once record it once', async () => {
  const draft = await send(YEAR_TABLES);
  const before = await size();
  const answers = await Promise.all(
    Array.from({ length: 5 }, () =>
      service.post(`/api/v1/imports/${draft.uuid}/confirm`, {}, exporter.apiKey),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(await size()).toBe(before! + 7n);
});

test.each([
  ['a formula error', changed('电力', 2, 5, { error: '#REF!' }), 'evidence/formula-error', 2, 'E'],
  ['an unknown unit', changed('电力', 2, 6, '箱'), 'evidence/unknown-unit', 2, 'F'],
  ['a negative quantity', changed('燃料热力', 2, 5, -3), 'evidence/negative-quantity', 2, 'E'],
  ['a missing quantity', changed('燃料热力', 2, 5, ''), 'evidence/missing-quantity', 2, 'E'],
])('%s blocks, with its place and remedy', async (_, tables, code, row, column) => {
  const draft = await send(tables);
  expect(draft.refusals).toHaveLength(1);
  expect(draft.refusals[0]).toMatchObject({ code, row, column });
  expect(draft.refusals[0].remedy.zh.length).toBeGreaterThan(2);
  const { body: problem } = await service
    .post(`/api/v1/imports/${draft.uuid}/confirm`, {}, exporter.apiKey)
    .expect(409);
  expect(problem).toMatchObject({ code: 'import/blocked' });
  expect(problem.errors[0]).toMatchObject({ code, place: { row, column } });
});

test('a question is answered by its code, and only by one of its own', async () => {
  const draft = await send(changed('电力', 2, 6, 'MWh'));
  expect(draft.refusals).toEqual([]);
  expect(draft.questions.length).toBeGreaterThan(0);
  const path = `/api/v1/imports/${draft.uuid}`;
  await service.post(`${path}/confirm`, {}, exporter.apiKey).expect(409);
  const wrong = await service
    .post(`${path}/answers`, { answers: { [draft.questions[0].id]: 'yes' } }, exporter.apiKey)
    .expect(400);
  expect(wrong.body.code).toBe('evidence/unknown-answer');
  const none = await service
    .post(`${path}/answers`, { answers: { q99: 'keep' } }, exporter.apiKey)
    .expect(400);
  expect(none.body.code).toBe('evidence/unknown-question');
  const answers = Object.fromEntries(draft.questions.map(({ id }: any) => [id, 'read-as-kWh']));
  const { body: answered } = await service.post(`${path}/answers`, { answers }, exporter.apiKey).expect(200);
  expect(answered.questions.every(({ answer }: any) => answer === 'read-as-kWh')).toBe(true);
  const { body: done } = await service.post(`${path}/confirm`, {}, exporter.apiKey).expect(200);
  const documents = service.service.app.get(DocumentsService);
  const stored = await documents.loadMany(done.activities);
  const bought = stored.map(({ doc }) => doc as any).find(({ item }) => item === 'grid-electricity');
  expect(bought.quantity).toEqual({ value: '65000', unit: 'kWh' });
  const late = await service.post(`${path}/answers`, { answers }, exporter.apiKey).expect(409);
  expect(late.body.code).toBe('import/confirmed');
});

test('the same upload with the same key is one draft; other bytes are refused', async () => {
  const first = await send(YEAR_TABLES, 'upload-1');
  const bytes = await makeWorkbook(YEAR_TABLES);
  // exceljs writes the time into the file: the very same bytes are sent twice
  const file = { name: 'same.xlsx', bytes };
  const a = await upload(service, exporter.apiKey, fields, file, 'upload-2').expect(201);
  const b = await upload(service, exporter.apiKey, fields, file, 'upload-2').expect(201);
  expect(b.body.uuid).toBe(a.body.uuid);
  const changedBytes = await send(changed('燃料热力', 2, 5, 7), 'upload-1', 422);
  expect(changedBytes.code).toBe('http/idempotency-mismatch');
  expect(first.uuid).not.toBe(a.body.uuid);
});

test.each([
  ['no workbook', Buffer.from('hello'), 400, 'evidence/not-xlsx'],
  ['nothing', Buffer.alloc(0), 400, 'files/empty'],
])('a file that is %s is refused', async (_, bytes, status, code) => {
  const { body } = await upload(service, exporter.apiKey, fields, { name: 'x.xlsx', bytes }).expect(status);
  expect(body.code).toBe(code);
});

test('more than 20 MB is refused before it is read', async () => {
  const server = service.service.app.getHttpServer();
  const { body, status } = await request(server)
    .post('/api/v1/imports')
    .set('Authorization', `Bearer ${exporter.apiKey}`)
    .set('Content-Type', 'multipart/form-data; boundary=x')
    .set('Content-Length', String(30 * 1024 * 1024))
    .send('--x');
  expect([status, body.code]).toEqual([413, 'http/too-large']);
});

test('an upload names its fields; a meter file its line', async () => {
  const bytes = await makeWorkbook(YEAR_TABLES);
  const bad = await upload(service, exporter.apiKey, { ...fields, kind: 'pdf' }, { name: 'x', bytes }).expect(
    400,
  );
  expect(bad.body).toMatchObject({ code: 'http/invalid-body', pointer: '/kind' });
  const file = { name: 'm.csv', bytes: Buffer.from('time,kWh\n') };
  const line = await upload(service, exporter.apiKey, { ...fields, kind: 'meter-csv' }, file).expect(400);
  expect(line.body.code).toBe('import/missing-line');
  const none = await request(service.service.app.getHttpServer())
    .post('/api/v1/imports')
    .set('Authorization', `Bearer ${exporter.apiKey}`)
    .field('kind', 'workbook')
    .expect(400);
  expect(none.body.code).toBe('import/no-file');
});

test('an hourly meter file becomes one activity; a gap is refused with its place', async () => {
  const hours = Array.from({ length: 744 }, (_, hour) => {
    const day = String(Math.floor(hour / 24) + 1).padStart(2, '0');
    return `2025-01-${day} ${String(hour % 24).padStart(2, '0')}:00,46.5`;
  });
  const csv = (lines: string[]) => Buffer.from(['时间,电量(kWh)', ...lines].join('\r\n'));
  const meter = { ...fields, kind: 'meter-csv', line: 'L1' };
  const whole = await upload(service, exporter.apiKey, meter, { name: 'm.csv', bytes: csv(hours) }).expect(
    201,
  );
  expect(whole.body).toMatchObject({ refusals: [], summary: { activities: 1 } });
  const gap = csv(hours.filter((_, hour) => hour !== 100));
  const { body } = await upload(service, exporter.apiKey, meter, { name: 'm.csv', bytes: gap }).expect(201);
  expect(body.refusals[0]).toMatchObject({ code: 'evidence/missing-hour' });
});

test('files lie in the store room under their hash, readable by nobody else', async () => {
  const folders = readdirSync(join(service.dataDir, 'files'));
  expect(folders.every((name) => /^[0-9a-f]{2}$/.test(name))).toBe(true);
  const names = folders.flatMap((folder) => readdirSync(join(service.dataDir, 'files', folder)));
  expect(names.length).toBeGreaterThan(0);
  expect(names.every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
});

test("another organisation's import is not there, nor can a footprint be made from it", async () => {
  const draft = await send(YEAR_TABLES);
  const path = `/api/v1/imports/${draft.uuid}`;
  await service.get(path, exporter.apiKey).expect(200);
  await service.get(path, other.apiKey).expect(404);
  await service.post(`${path}/answers`, { answers: {} }, other.apiKey).expect(404);
  await service.post(`${path}/confirm`, {}, other.apiKey).expect(404);
  const theirs = await upload(service, other.apiKey, fields, {
    name: 'x.xlsx',
    bytes: await makeWorkbook(YEAR_TABLES),
  });
  expect(theirs.status).toBe(404);
  const own = await makeCatalogue(service, other.apiKey, { ...PRODUCT, gtin: undefined, ownId: 'mine' });
  const footprint = {
    product: own.product.uuid,
    facility: own.facility.uuid,
    period: PERIOD,
    imports: [draft.uuid],
    template: 'moulded-pulp-tableware',
  };
  await service.post('/api/v1/footprints', footprint, other.apiKey).expect(404);
});

describe('footprints', () => {
  test('the number follows from the workbook to the digit, lines apart, every line of the working there', async () => {
    const footprint = await makeFootprint(service, exporter.apiKey, catalogue);
    // electricity 65,000 kWh × 0.5777 and gas 12,000 m3 × (direct + upstream), over 1,000,000 pieces
    expect(footprint).toMatchObject({ unit: 'kgCO2e', per: '1 piece', boundary: 'cradle-to-gate' });
    const electricity = footprint.stages.find(({ stage }: any) => stage === 'electricity');
    expect(Number(electricity.perUnit)).toBeCloseTo((65_000 * 0.5777) / 1_000_000, 9);
    expect(footprint.lines.map(({ line }: any) => line)).toEqual(['L1', 'L2']);
    const { body } = await service.get(`/api/v1/footprints/${footprint.uuid}`, exporter.apiKey).expect(200);
    expect(body.document.result.working).toHaveLength(6 - 4);
    expect(body.document.activities).toHaveLength(6);
    expect(body.document.method).toBe(footprint.method.id);

    const body_ = await makeKeyHolder(service, 'body', 'reader');
    await service.get(`/api/v1/footprints/${footprint.uuid}`, body_.apiKey).expect(200);
    await service.get(`/api/v1/footprints/${footprint.uuid}`, other.apiKey).expect(404);
  });

  test('a draft, another template and a row outside the period are refused', async () => {
    const draft = await send(YEAR_TABLES);
    const body = {
      product: catalogue.product.uuid,
      facility: catalogue.facility.uuid,
      period: PERIOD,
      imports: [draft.uuid],
      template: 'moulded-pulp-tableware',
    };
    const open = await service.post('/api/v1/footprints', body, exporter.apiKey).expect(409);
    expect(open.body).toMatchObject({ code: 'import/not-confirmed', pointer: '/imports/0' });
    const template = await service
      .post('/api/v1/footprints', { ...body, template: 'steel' }, exporter.apiKey)
      .expect(400);
    expect(template.body.code).toBe('footprint/unknown-template');
    await service.post(`/api/v1/imports/${draft.uuid}/confirm`, {}, exporter.apiKey).expect(200);
    const period = { start: '2025-06-30T16:00:00Z', end: '2025-12-31T16:00:00Z' };
    const outside = await service
      .post('/api/v1/footprints', { ...body, period }, exporter.apiKey)
      .expect(400);
    expect(outside.body.code).toBe('footprint/outside-period');
  });
});

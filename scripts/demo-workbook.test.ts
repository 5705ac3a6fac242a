import { canonicalBytes, contentId } from '#lib/canonical';
import { confirmedActivities, importMeterCsv, importWorkbook, makeActivityDocument } from '#lib/evidence';
import {
  buildFootprintInput,
  checkFactorIds,
  computeFootprint,
  factorTable,
  MOULDED_PULP_TABLEWARE,
} from '#lib/footprint';
import { readMeterCsv } from '../apps/ledger/src/imports/meter-csv-reader.ts';
import { readWorkbook } from '../apps/ledger/src/imports/workbook-reader.ts';
import { type DemoFiles, makeDemoFiles } from './demo-workbook.ts';

const OWNER = {
  organisation: 'did:web:example.com:o:factory',
  facility: 'did:web:example.com:o:factory#facility-1',
};
const expectedElectricity = MOULDED_PULP_TABLEWARE.expectedElectricity;

let files: DemoFiles;
beforeAll(async () => {
  files = await makeDemoFiles({ lot: 'LOT-1', year: 2025 });
});

async function demoInput() {
  const workbook = importWorkbook(await readWorkbook(files.workbook), { expectedElectricity });
  const meters = (['L1', 'L2'] as const).map((line) =>
    importMeterCsv(readMeterCsv(files.meterCsv[line], `${line}.csv`), {
      line,
      year: 2025,
      expectedElectricity,
      output: null,
    }),
  );
  let byte = 0;
  const random = (bytes: number) => new Uint8Array(bytes).map(() => (byte = (byte + 1) % 251));
  const activities = [workbook, ...meters].flatMap(confirmedActivities).map((draft) => {
    const { document } = makeActivityDocument(draft, OWNER, random);
    return { id: contentId(canonicalBytes(document)), document };
  });
  const input = buildFootprintInput({
    activities,
    product: {
      id: 'https://id.gs1.org/01/09506000134352',
      declaredUnit: { value: '1', unit: 'piece' },
      massPerUnit: { value: '15', unit: 'g' },
    },
    period: { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' },
    template: MOULDED_PULP_TABLEWARE,
    factors: factorTable(),
  });
  return { workbook, meters, input };
}

test('the same arguments give the same bytes', async () => {
  const again = await makeDemoFiles({ lot: 'LOT-1', year: 2025 });
  expect(Buffer.from(again.workbook).equals(Buffer.from(files.workbook))).toBe(true);
  expect(again.meterCsv).toEqual(files.meterCsv);
});

test('the files import without a refusal, a question or an ignored column', async () => {
  const { workbook, meters } = await demoInput();
  for (const draft of [workbook, ...meters]) {
    expect(draft.refusals).toEqual([]);
    expect(draft.questions).toEqual([]);
    expect(draft.notes).toEqual([]);
  }
  expect(meters.map((draft) => draft.activities[0]?.basis)).toEqual([
    expect.objectContaining({ kind: 'hourly', hours: '8760', zeroHours: '0' }),
    expect.objectContaining({ kind: 'hourly', hours: '8760', zeroHours: '0' }),
  ]);
  expect(meters.map((draft) => draft.activities[0]?.quantity?.value)).toEqual(['407160', '375492']);
});

test('every row of the workbook says that it is synthetic', async () => {
  const sheets = await readWorkbook(files.workbook);
  for (const sheet of sheets.slice(1)) {
    for (const row of sheet.rows.slice(1)) expect(row.at(-1)?.text).toBe('合成数据 synthetic');
  }
});

// Calculated apart from this code: grid 745,800 kWh × 0.5777 + PV 148,300 kWh × 0.0520; gas 62,400 m3 × 2.40332;
// pulp 187,600 kg × 0.62; 256,170.4 tkm in × 0.09502; board 20.4 t, film 1.15 t; over 12,000,000 pieces = 0.06309166106115.
test('the footprint of the demo, and line 2 at 30 % more electricity per piece', async () => {
  const { input } = await demoInput();
  checkFactorIds(input.factors);
  const result = computeFootprint(input);
  expect(result.perUnit).toEqual({ value: '0.0630917', unit: 'kgCO2e', per: '1 piece' });
  expect(Object.fromEntries(result.stages.map((each) => [each.stage, each.perUnit]))).toEqual({
    materials: '0.0096927',
    'inbound-transport': '0.0020284',
    electricity: '0.0365467',
    heat: '0.0124973',
    packaging: '0.0023237',
    waste: '0.0000029',
  });
  expect(result.outbound).toEqual({ perUnit: '0.0003384' });
  expect(result.unallocatedElectricity).toBe('1.8');
  expect(new Set(result.gaps.map((gap) => gap.code))).toEqual(
    new Set(['gap/factor-year', 'gap/stand-in', 'gap/gwp-mixed']),
  );
  expect(
    result.lines.map((line) => [
      line.line,
      line.output.value,
      line.electricityPerUnit?.value,
      line.electricityAboveBest,
    ]),
  ).toEqual([
    ['L1', '7020000', '0.0580000', '0.0'],
    ['L2', '4980000', '0.0754000', '30.0'],
  ]);
});

// The demo factory's year, imported from its workbook and meters, through both methods.
import { canonicalBytes, contentId } from '#lib/canonical';
import { confirmedActivities, importMeterCsv, importWorkbook, makeActivityDocument } from '#lib/evidence';
import { buildFootprintInput, computeFootprint, factorTable, MOULDED_PULP_TABLEWARE } from '#lib/footprint';
import { readMeterCsv } from '../../../apps/ledger/src/imports/meter-csv-reader.ts';
import { readWorkbook } from '../../../apps/ledger/src/imports/workbook-reader.ts';
import { makeDemoFiles } from '../../../scripts/demo-workbook.ts';
import { computeProductSystem } from './compute.ts';
import { fromV1 } from './from-v1.ts';

test('the same numbers as method 1.0.0, lines, shares and working included', async () => {
  const files = await makeDemoFiles({ lot: 'LOT-1', year: 2025 });
  const { expectedElectricity } = MOULDED_PULP_TABLEWARE;
  const drafts = [
    importWorkbook(await readWorkbook(files.workbook), { expectedElectricity }),
    ...(['L1', 'L2'] as const).map((line) =>
      importMeterCsv(readMeterCsv(files.meterCsv[line], `${line}.csv`), {
        line,
        year: 2025,
        expectedElectricity,
        output: null,
      }),
    ),
  ];
  const owner = {
    organisation: 'did:web:example.com:o:factory',
    facility: 'did:web:example.com:o:factory#facility-1',
  };
  let byte = 0;
  const random = (bytes: number) => new Uint8Array(bytes).map(() => (byte = (byte + 1) % 251));
  const input = buildFootprintInput({
    activities: drafts.flatMap(confirmedActivities).map((draft) => {
      const { document } = makeActivityDocument(draft, owner, random);
      return { id: contentId(canonicalBytes(document)), document };
    }),
    product: {
      id: 'https://id.gs1.org/01/09506000134352',
      declaredUnit: { value: '1', unit: 'piece' },
      massPerUnit: { value: '15', unit: 'g' },
    },
    period: { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' },
    template: MOULDED_PULP_TABLEWARE,
    factors: factorTable(),
  });
  const { format: _, method: __, gaps, ...numbers } = computeFootprint(input);
  const result = computeProductSystem(fromV1(input));
  expect(result.lines).toHaveLength(2);
  expect(result).toMatchObject(numbers);
  expect(result.gaps).toEqual([...gaps, { code: 'gap/cut-off-not-stated', activity: null, value: null }]);
});

// The Commission's own workbook filled with a synthetic installation, where a copy lies beside the repository.
import { existsSync, readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { patchWorkbook } from '#lib/workbook-patch';
import { zipCodec } from '../../../scripts/zip-codec.ts';
import { communicationEdits, computeCbam, SHIPPED_TABLES } from './index.ts';

const result = computeCbam(
  {
    format: 'anchorleaf-cbam-input/v1',
    installation: {
      nameEnglish: 'Synthetic Fastener Works',
      country: 'CN',
      unLocode: 'CNYIW',
      latitude: '29.31',
    },
    period: { start: '2026-01-01', end: '2027-01-01' },
    sourceStreams: [
      {
        id: 'gas',
        kind: 'combustion',
        name: 'natural gas',
        amount: { value: '480', unit: 't' },
        ncv: { value: '48', unit: 'GJ/t' },
        factor: { value: '56.1', unit: 'tCO2/TJ' },
        attribution: [{ process: 'P1', share: '100' }],
      },
    ],
    processes: [
      {
        id: 'P1',
        name: 'screws',
        category: 'iron-or-steel-products',
        goods: [
          {
            cn: '73181542',
            name: 'screws',
            invoiceName: 'Hex bolt M8',
            mass: { value: '1000', unit: 't' },
            parameters: { steelMill: 'MILL-1' },
          },
          { cn: '73181692', name: 'nuts', mass: { value: '500', unit: 't' } },
        ],
        electricity: [
          {
            amount: { value: '900', unit: 'MWh' },
            factor: { value: '0.6', unit: 'tCO2/MWh' },
            source: 'default',
            factorSource: 'synthetic',
          },
        ],
      },
    ],
  },
  SHIPPED_TABLES,
);

test('cells of the template: inputs as inputs, results in place of summary formulas, percent as a fraction', () => {
  const edits = communicationEdits(result);
  const at = (cell: string) => edits.find((edit) => edit.cell === cell)?.value;
  expect(at('I9')).toEqual({ kind: 'date', day: '2026-01-01' });
  expect(at('L9')).toEqual({ kind: 'date', day: '2026-12-31' });
  expect(at('I20')).toEqual({ kind: 'text', text: 'Synthetic Fastener Works' });
  expect(at('F27')).toEqual({ kind: 'text', text: '73181692' });
  expect(at('M26')).toEqual({ kind: 'number', decimal: '0' });
  expect(edits.filter((edit) => edit.sheet === 'A_InstData').some((edit) => edit.replaceFormula)).toBe(false);
});

const TEMPLATE = new URL(
  '../../../../shared/data/carbon/cbam/CBAM_Communication_template_for_installations_en_20241213_v2.1.1.xlsx',
  import.meta.url,
);
if (!existsSync(TEMPLATE)) console.warn("skipped: the Commission's communication workbook is not here");
(existsSync(TEMPLATE) ? test : test.skip)(
  'the Commission file v2.1.1 takes them',
  () => {
    const filled = patchWorkbook(
      new Uint8Array(readFileSync(TEMPLATE)),
      communicationEdits(result),
      zipCodec,
    );
    expect(filled.report.changedParts).toEqual([
      'xl/calcChain.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet14.xml',
      'xl/worksheets/sheet5.xml',
    ]);
    const parts = unzipSync(filled.bytes, {
      filter: ({ name }) => filled.report.changedParts.includes(name),
    });
    const summary = new TextDecoder().decode(parts['xl/worksheets/sheet14.xml']);
    const inner = (cell: string) => new RegExp(`<c r="${cell}"[^<>]*>(.*?)</c>`).exec(summary)?.[1];
    const words = (text: string) => `<is><t xml:space="preserve">${text}</t></is>`;
    // 480 × 48/1000 × 56.1 / 1500 = 0.861696, and 540/1500
    expect(inner('I26')).toBe('<v>0.8617</v>');
    expect(inner('J26')).toBe('<v>0.36</v>');
    expect(inner('H26')).toBe(words('Hex bolt M8'));
    expect(inner('R26')).toBe(words('MILL-1'));
    expect(inner('AI15')).toBe('<v>1293</v>');
    expect(inner('P26')).toContain('J26/O26');
    expect(inner('G12')).toContain('Summary_Processes!G10');
  },
  60_000,
);

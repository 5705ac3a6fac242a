import { readFileSync } from 'node:fs';
import { type JsonValue, parseStrict } from '#lib/canonical';
import { editsFromMap } from '#lib/workbook-patch';
import { computeCbam, operatorReport, SHIPPED_TABLES } from './index.ts';

const page = readFileSync(new URL('../../../docs/formats/cbam.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => parseStrict(text ?? ''));
const exampleOf = (format: string): JsonValue =>
  blocks.find((block) => (block as { format?: string }).format === format) as JsonValue;

test('the example of docs/formats/cbam.md gives the numbers that stand below it', () => {
  const result = computeCbam(exampleOf('anchorleaf-cbam-input/v1'), SHIPPED_TABLES);
  const [product] = result.products;
  expect(page).toContain(
    `gives \`direct\` ${product?.direct} (129.2544 t of gas and 1,040 × 2.1 t over 1,000 t), \`indirect\` ${product?.indirect}, \`counted\` ${product?.counted}.`,
  );
  expect(result.emissions[0]?.fossil).toBe('129.2544');
  const { edits, missing } = editsFromMap(exampleOf('anchorleaf-workbook-map/v1'), operatorReport(result));
  expect(missing).toEqual([]);
  expect(edits.map(({ value }) => value)).toEqual([
    { kind: 'text', text: 'Synthetic Fastener Works' },
    { kind: 'number', decimal: '2.31325' },
    { kind: 'date', day: '2026-12-31' },
    { kind: 'text', text: 'see attached report' },
  ]);
});

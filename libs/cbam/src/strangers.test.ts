// Inputs and tables of strangers: whatever is broken in them, the answer is a refusal with a place, never a crash.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { type JsonValue, parseStrict } from '#lib/canonical';
import { forbiddenWords } from '#lib/wording';
import {
  askEu,
  CbamError,
  computeCbam,
  EU_DUTIES,
  loadTable,
  renderEuAnswer,
  renderRequestSheet,
  renderSummary,
  requestSheets,
  SHIPPED_TABLES,
  TABLE_FORMAT,
} from './index.ts';

const page = readFileSync(new URL('../../../docs/formats/cbam.md', import.meta.url), 'utf8');
const EXAMPLE = parseStrict([...page.matchAll(/```json\n([\s\S]*?)```/g)].at(-1)?.[1] ?? '');
const TABLE: JsonValue = {
  format: TABLE_FORMAT,
  table: 'default-values',
  title: 'synthetic',
  act: 'none',
  version: '1',
  validFrom: '2026-01-01',
  source: 'test',
  licence: 'none',
  complete: false,
  supersededBy: null,
  rows: [{ country: 'CN', cn: '7213', route: 'C', total: '3.169' }],
};

/** Every place of a JSON value, as lists of keys. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))];
}

function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const copy: any = Array.isArray(value) ? [...value] : { ...(value as object) };
  copy[key] = changed(copy[key], rest, to);
  return copy;
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    [],
    {},
    '',
    '0',
    '-1',
    '1e5',
    '1,5',
    '9'.repeat(30),
    'NaN',
    '__proto__',
  ),
  fc.jsonValue(),
);

const isRefusal = (run: () => unknown): boolean => {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof CbamError) return error.pointer === '' || error.pointer.startsWith('/');
    throw error;
  }
};

test('2,000 broken inputs and 500 broken tables', () => {
  const inputs = places(EXAMPLE);
  fc.assert(
    fc.property(fc.constantFrom(...inputs), odd, (place, value) =>
      isRefusal(() => computeCbam(changed(EXAMPLE, place, value) as JsonValue, SHIPPED_TABLES)),
    ),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...places(TABLE)), odd, (place, value) =>
      isRefusal(() => loadTable(SHIPPED_TABLES, changed(TABLE, place, value))),
    ),
    { numRuns: 500 },
  );
});

test('no text says what the evidence does not carry', () => {
  const result = computeCbam(EXAMPLE, SHIPPED_TABLES);
  const codes = ['9405', '7318', '28041000', '25070080', '7202', ...EU_DUTIES.flatMap((duty) => duty.codes)];
  for (const language of ['zh', 'en'] as const) {
    const texts = [
      renderSummary(result, language),
      ...requestSheets(result).map(renderRequestSheet),
      ...codes
        .filter((code) => code.length >= 4)
        .map((code) => renderEuAnswer(askEu(code, '2026-11-25'), language)),
    ];
    for (const text of texts) {
      expect(forbiddenWords(text)).toEqual([]);
      expect(text).not.toMatch(/submitted|CBAM verified|carbon neutral|已提交|碳中和/i);
    }
  }
});

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { add, formatDecimal, multiply, parseDecimal } from '#lib/quantity';
import { buildMethod } from '../../../scripts/build-method.ts';
import { checkFactorIds } from './factor-record.ts';
import * as source from './method-entry.ts';
import type { FootprintInput } from './model.ts';

const methods = new URL('../methods/', import.meta.url);
const index = JSON.parse(readFileSync(new URL('index.json', methods), 'utf8')) as {
  id: string;
  file: string;
  version: string;
}[];
const latest = index.at(-1) as (typeof index)[number];

describe('the method file', () => {
  test('is what the sources build, byte for byte', async () => {
    const { text, record } = await buildMethod();
    expect(readFileSync(new URL(latest.file, methods), 'utf8')).toBe(text);
    expect(latest).toEqual(record);
  });
  test('every published file still has the id under which it is known', () => {
    for (const { id, file } of index) {
      const bytes = readFileSync(new URL(file, methods));
      expect(id).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    }
    const built = readdirSync(methods).filter((file) => file.endsWith('.js'));
    expect(built.sort()).toEqual(index.map((each) => each.file).sort());
  });
  test('stands alone and says nothing of the machine that built it', () => {
    const text = readFileSync(new URL(latest.file, methods), 'utf8');
    expect(text).not.toMatch(/\b(import|require|process|globalThis|Date|Intl)\b\s*[.({'"]/);
    expect(text).not.toMatch(/Math\.random|\/(home|work|tmp|root|Users)\//);
  });
});

interface Vector {
  readonly desc: string;
  readonly tonnes?: string;
  readonly input: FootprintInput;
  readonly want?: {
    perUnit: string;
    stages: Record<string, string>;
    outbound: string | null;
    totals?: string[];
    byFactor?: string[][];
  };
  readonly wantError?: string;
}

const folder = new URL('../../../test/vectors/footprint/', import.meta.url);
const vectors = readdirSync(folder).flatMap(
  (file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Vector[],
);

// Expected figures were calculated apart from this code, with another language's fractions.
describe.each([
  ['sources', async () => source],
  ['built file', async () => (await import(new URL(latest.file, methods).href)) as typeof source],
])('vectors through the %s', (_, load) => {
  test.each(vectors.map((vector) => [vector.desc, vector] as const))(
    '%s',
    async (_, { input, want, wantError }) => {
      const { computeFootprint } = await load();
      if (want === undefined) {
        expect(() => computeFootprint(input)).toThrow(expect.objectContaining({ code: wantError }));
        return;
      }
      const result = computeFootprint(input);
      expect(result.perUnit.value).toBe(want.perUnit);
      expect(Object.fromEntries(result.stages.map((each) => [each.stage, each.perUnit]))).toEqual(
        want.stages,
      );
      expect(result.outbound?.perUnit ?? null).toBe(want.outbound);
      if (want.totals) expect(result.working.map((each) => each.amount?.kgCO2e)).toEqual(want.totals);
      if (want.byFactor) expect(result.working.map((each) => each.amount?.byFactor)).toEqual(want.byFactor);
    },
  );
});

test('tank to wheel of the two legs is 7.552931', () => {
  const split = vectors.find((vector) => vector.want?.byFactor);
  const [first, second] = source.computeFootprint(split?.input as FootprintInput).working;
  const sum = add(
    parseDecimal(first?.amount?.byFactor[0] ?? ''),
    parseDecimal(second?.amount?.byFactor[0] ?? ''),
  );
  expect(formatDecimal(sum, 6)).toBe('7.552931');
});

test('300,000 kWh at each published Chinese grid factor, and at none of them 140 t', () => {
  const grid = vectors.filter((vector) => vector.tonnes !== undefined);
  expect(grid).toHaveLength(6);
  for (const { input, tonnes } of grid) {
    const kg = multiply(parseDecimal('300000'), parseDecimal(input.factors[0]?.value ?? ''));
    expect(formatDecimal({ n: kg.n, d: kg.d * 1000n }, 2)).toBe(tonnes);
    expect(tonnes).not.toBe('140.00');
  }
});

test('the example in docs/formats/footprint.md is what the calculation gives', () => {
  const page = readFileSync(new URL('../../../docs/formats/footprint.md', import.meta.url), 'utf8');
  const [input, result] = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map((block) =>
    JSON.parse(block[1] ?? ''),
  );
  checkFactorIds(input.factors);
  expect(source.computeFootprint(input)).toEqual(result);
});

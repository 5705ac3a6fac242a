/** Figures of the single lines of the reference process. */
import { compare, divide, formatDecimal, placesFor, type Rational, subtract } from '#lib/quantity';
import type { Facility } from './facility.ts';
import type { ReadActivity, ReadInput } from './input.ts';
import { NOTHING, plus, print } from './ledger.ts';
import type { LineResult } from './model.ts';
import type { Bounded } from './settle.ts';
import { refuse } from './shape.ts';

interface Scale {
  readonly declaredUnits: Rational;
  readonly unit: bigint;
  readonly places: number;
}

/**
 * What a line emits: its own activities, and its part of what is shared. Activities of other processes fall by pieces.
 */
export function lineResults(
  read: ReadInput,
  { lines }: Facility,
  inside: readonly { readonly activity: ReadActivity; readonly sum: Bounded }[],
  { declaredUnits, unit, places }: Scale,
): LineResult[] {
  if (lines.length === 0) return [];
  const own = new Map<string, Bounded>();
  let byPieces = NOTHING;
  let byElectricity = NOTHING;
  let first: number | null = null;
  for (const { activity, sum } of inside) {
    const { line, allocation, index } = activity;
    if (line !== 'shared') own.set(line, plus(own.get(line) ?? NOTHING, sum));
    else if (allocation === 'electricity-use') {
      byElectricity = plus(byElectricity, sum);
      first ??= index;
    } else byPieces = plus(byPieces, sum);
  }
  const perUnit = lines.map(({ ownKWh, output }) =>
    ownKWh === null ? null : divide(ownKWh, divide(output, read.declaredUnit.value)),
  );
  const metered = perUnit.filter((each) => each !== null);
  const best = metered.length === 0 ? null : metered.reduce((a, b) => (compare(a, b) <= 0 ? a : b));
  return lines.map((facts, at) => {
    const pieces = facts.outputPart;
    if (facts.electricityPart === null && first !== null) {
      refuse(
        'product-system/no-metered-use',
        `/activities/${first}/allocation`,
        'allocation by electricity use needs line meters with a reading',
      );
    }
    const electricity = facts.electricityPart ?? { n: 0n, d: 1n };
    const common = pieces.d * electricity.d;
    const amount = plus(
      lift(own.get(facts.line) ?? NOTHING, common),
      plus(lift(byPieces, pieces.n * electricity.d), lift(byElectricity, electricity.n * pieces.d)),
    );
    const used = perUnit[at] ?? null;
    return {
      line: facts.line,
      output: { value: plain(facts.output), unit: read.declaredUnit.unit },
      perUnit: print(amount, declaredUnits.d * pieces.d, unit * declaredUnits.n * pieces.n * common, places),
      electricityPerUnit:
        used === null ? null : { value: formatDecimal(used, placesFor(used, 6, 12)), unit: 'kWh' },
      electricityAboveBest:
        used === null || best === null || best.n === 0n ? null : percent(subtract(used, best), best),
    };
  });
}

const lift = ({ value, error }: Bounded, n: bigint): Bounded => ({
  value: value * n,
  error: error * (n < 0n ? -n : n),
});

const percent = (part: Rational, whole: Rational): string =>
  formatDecimal(divide({ n: part.n * 100n, d: part.d }, whole), 1);

/** At most six decimals, without trailing zeros. */
const plain = (value: Rational): string => formatDecimal(value, 6).replace(/\.?0+$/, '');

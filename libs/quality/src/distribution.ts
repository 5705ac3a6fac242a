/** One draw from a spread. Lognormal and normal by Marsaglia's polar method, triangular by its inverse. */
import type { FactorUncertainty } from '#lib/factors';
import { compare, divide, formatExact, multiply, rational, subtract, ZERO } from '#lib/quantity';
import { decimalAt } from './decimals.ts';
import { toDouble } from './doubles.ts';
import { exp, ln, squareRoot } from './elementary.ts';
import { QualityError } from './errors.ts';
import { bounded, varianceOf } from './pedigree.ts';
import { type State, uniform } from './random.ts';

/**
 * Around a value: the median of a lognormal, the mode of a triangle, the mean of a normal. A lognormal is given by
 * the variance of ln x or by GSD² (half the width of its 95 % interval, as a factor); a negative value keeps its sign.
 */
export type Spread =
  | { readonly distribution: 'lognormal'; readonly variance: string }
  | { readonly distribution: 'lognormal'; readonly gsd2: string }
  | { readonly distribution: 'triangular'; readonly min: string; readonly max: string }
  | { readonly distribution: 'normal'; readonly sd: string };

export type Sampler = (state: State) => number;

/** @throws {QualityError} malformed-decimal, spread, negative-variance, spread-out-of-range */
export function samplerOf(valueText: string, spread: Spread | null, place: string): Sampler {
  const exact = decimalAt(valueText, `${place}/value`);
  const value = toDouble(exact);
  if (spread === null) return () => value;
  const at = (member: string) => `${place}/spread/${member}`;
  switch (spread.distribution) {
    case 'lognormal': {
      if (exact.n === 0n)
        throw wrong(`${place}/value`, 'a lognormal has no median 0', 'take a normal or triangular spread');
      const sigma = sigmaOf(spread, `${place}/spread`);
      return (state) => value * exp(sigma * normal(state));
    }
    case 'triangular': {
      const [min, max] = [decimalAt(spread.min, at('min')), decimalAt(spread.max, at('max'))];
      if (compare(min, exact) > 0 || compare(exact, max) > 0 || compare(min, max) === 0)
        throw wrong(
          at('min'),
          `${spread.min} ≤ ${valueText} ≤ ${spread.max} does not hold, or leaves no room`,
          'the value is the mode and lies between min and max',
        );
      const [low, width] = [toDouble(min), toDouble(subtract(max, min))];
      const left = toDouble(divide(subtract(exact, min), subtract(max, min)));
      return (state) => {
        const u = uniform(state);
        return u < left
          ? low + width * squareRoot(u * left)
          : low + width * (1 - squareRoot((1 - u) * (1 - left)));
      };
    }
    case 'normal': {
      const sd = decimalAt(spread.sd, at('sd'));
      if (compare(sd, ZERO) < 0)
        throw new QualityError(
          'quality/negative-variance',
          at('sd'),
          `${spread.sd} is below 0`,
          'check the sign',
        );
      const width = toDouble(sd);
      return (state) => value + width * normal(state);
    }
    default:
      throw wrong(at('distribution'), 'no known distribution', 'write "lognormal", "triangular" or "normal"');
  }
}

function sigmaOf(spread: Extract<Spread, { distribution: 'lognormal' }>, place: string): number {
  if ('variance' in spread) return squareRoot(toDouble(varianceOf(spread.variance, null, place)));
  const gsd2 = decimalAt(spread.gsd2, `${place}/gsd2`);
  if (compare(gsd2, rational(1n)) < 0)
    throw wrong(
      `${place}/gsd2`,
      `${spread.gsd2} is below 1`,
      'GSD² is a factor: 1.2 means from ÷1.2 to ×1.2',
    );
  // e^10 is GSD² at the largest variance.
  if (compare(gsd2, rational(22_026n)) > 0) bounded(rational(26n), `${place}/gsd2`);
  return ln(toDouble(gsd2)) / 2;
}

/** Mean 0, variance 1. The second number of each pair is left, so that a draw depends on nothing before it. */
function normal(state: State): number {
  for (;;) {
    const u = 2 * uniform(state) - 1;
    const v = 2 * uniform(state) - 1;
    const s = u * u + v * v;
    if (s < 1 && s > 0) return u * squareRoot((-2 * ln(s)) / s);
  }
}

/**
 * The spread that a factor record states, or null. Its `gsd2` is the whole spread; `basicVariance` and `pedigree` are
 * added. The `min` and `max` of a normal are read as its 95 % interval: sd = (max − min) / 3.919928, mean in the middle.
 * @throws {QualityError} two-spreads, spread, pedigree, negative-variance
 */
export function spreadOf(value: string, uncertainty: FactorUncertainty | null, place: string): Spread | null {
  if (uncertainty === null) return null;
  const { distribution, gsd2, basicVariance, pedigree, min, max } = uncertainty;
  if (distribution === 'lognormal') {
    const added = basicVariance !== null || pedigree !== null;
    if (gsd2 !== null && added)
      throw new QualityError(
        'quality/two-spreads',
        `${place}/gsd2`,
        'a whole spread and its parts are both given',
        'give gsd2, or basicVariance and pedigree',
      );
    if (gsd2 !== null) return { distribution, gsd2 };
    return { distribution, variance: formatExact(varianceOf(basicVariance, pedigree, place)) };
  }
  if (min === null || max === null)
    throw wrong(`${place}/min`, `a ${distribution} spread without min and max`, 'give both');
  if (distribution === 'triangular') return { distribution, min, max };
  const [low, high] = [decimalAt(min, `${place}/min`), decimalAt(max, `${place}/max`)];
  const middle = divide({ n: low.n * high.d + high.n * low.d, d: low.d * high.d }, rational(2n));
  if (compare(middle, decimalAt(value, '/value')) !== 0)
    throw wrong(
      `${place}/min`,
      `${value} is not in the middle of ${min} and ${max}`,
      'a normal is even; take a triangle',
    );
  const sd = multiply(subtract(high, low), rational(1_000_000n, 3_919_928n));
  return { distribution, sd: twelveDecimals(sd) };
}

const twelveDecimals = ({ n, d }: { n: bigint; d: bigint }): string =>
  formatExact({ n: (n * 10n ** 12n) / d, d: 10n ** 12n });

const wrong = (place: string, message: string, remedy: string): QualityError =>
  new QualityError('quality/spread', place, message, remedy);

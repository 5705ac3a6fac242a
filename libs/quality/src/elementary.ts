/**
 * ln, exp and square root from + − × ÷ alone. IEEE 754 rounds those four the same everywhere, while the language
 * leaves Math.log, Math.exp and Math.sqrt to the engine; so an estimate has the same digits in every engine.
 * Relative error, held by tests against exact arithmetic: at most 1e-15 for ln and square root; for exp at most
 * 1e-15 + 2e-16 |x|.
 */
import { QualityError } from './errors.ts';

const { LN2, SQRT2 } = Math;
/** ln 2 = HIGH + LOW; HIGH ends in zero bits, so HIGH times an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** x > 0, finite: x = m 2^k with m in [√½, √2), ln m = 2 artanh((m − 1) / (m + 1)). */
export function ln(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) throw notFinite(`ln ${x} is no number`);
  let [m, k] = [x, 0];
  for (; m >= 4294967296; k += 32) m /= 4294967296;
  for (; m < 1 / 4294967296; k -= 32) m *= 4294967296;
  for (; m >= SQRT2; k += 1) m /= 2;
  for (; m < SQRT2 / 2; k -= 1) m *= 2;
  const t = (m - 1) / (m + 1);
  const q = t * t;
  // Σ t^(2i+1) / (2i+1): |t| ≤ 0.1716, so what follows i = 10 is below 1e-17 of the sum.
  let series = 1 / 21;
  for (let odd = 19; odd >= 1; odd -= 2) series = series * q + 1 / odd;
  return k * LN2_HIGH + (2 * t * series + k * LN2_LOW);
}

/** |x| ≤ 700: x = k ln 2 + r with |r| ≤ ln 2 / 2, e^r by its series. */
export function exp(x: number): number {
  if (!(x >= -700 && x <= 700)) throw notFinite(`e to the power of ${x} is out of range`);
  const k = Math.floor(x / LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  // Σ r^i / i!: what follows i = 14 is below 1e-18.
  let series = 1;
  for (let i = 14; i >= 1; i -= 1) series = 1 + (r * series) / i;
  return timesPowerOf2(series, k);
}

/** x ≥ 0, finite; Newton's steps on x brought into [½, 2). */
export function squareRoot(x: number): number {
  if (!(x >= 0) || x === Number.POSITIVE_INFINITY) throw notFinite(`the root of ${x} is no number`);
  if (x === 0) return 0;
  let [m, half] = [x, 0];
  for (; m >= 2; half += 1) m /= 4;
  for (; m < 0.5; half -= 1) m *= 4;
  let root = 0.5 + 0.5 * m;
  // The first guess is at most 6.1 % off; each step halves the square of that: 2e-3, 2e-6, 2e-12, 2e-24.
  for (let step = 0; step < 4; step += 1) root = 0.5 * (root + m / root);
  return timesPowerOf2(root, half);
}

function timesPowerOf2(x: number, k: number): number {
  let result = x;
  for (let left = k; left > 0; left -= 1) result *= 2;
  for (let left = k; left < 0; left += 1) result /= 2;
  return result;
}

const notFinite = (message: string): QualityError =>
  new QualityError(
    'quality/not-finite',
    '',
    message,
    'check the values and their spreads: some are far too large',
  );

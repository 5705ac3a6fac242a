/**
 * "Line A uses 30 % less than line B, that saves 300 MWh a year": a percentage without its base has two readings. The
 * claim is held against both, and against the energies of the two lines where they are known.
 */
import {
  add,
  compare,
  divide,
  formatDecimal,
  multiply,
  ONE,
  type Rational,
  rational,
  subtract,
  ZERO,
} from '#lib/quantity';
import { decimalAt } from './amount.ts';
import { BalanceError } from './errors.ts';

export interface LineClaim {
  readonly percent: string;
  readonly savedKWh: string;
  /** kWh of both lines over the same period and for the same pieces; null: not given. */
  readonly energies: { readonly worseKWh: string; readonly betterKWh: string } | null;
}

export interface ClaimReading {
  readonly base: 'the-better-line' | 'the-worse-line';
  /** What the lines must use if this reading is meant; three decimals, half away from zero. */
  readonly worseKWh: string;
  readonly betterKWh: string;
  /** The saving as a share of what the worse line uses; two decimals. */
  readonly savingPercentOfWorse: string;
}

export interface LineClaimResult {
  readonly verdict: 'base-unclear' | 'reproduced' | 'not-reproducible';
  readonly readings: readonly [ClaimReading, ClaimReading];
  /** The reading that the energies carry. */
  readonly base: ClaimReading['base'] | null;
  readonly needs: readonly string[];
}

/** @throws {BalanceError} balance/malformed-amount for a percentage outside 0 to 100 or a saving not above 0 */
export function readLineClaim({ percent, savedKWh, energies }: LineClaim): LineClaimResult {
  const share = divide(decimalAt(percent, '/percent', 'balance/malformed-amount'), rational(100n));
  const saved = decimalAt(savedKWh, '/savedKWh', 'balance/malformed-amount');
  if (compare(share, ZERO) <= 0 || compare(share, ONE) >= 0 || compare(saved, ZERO) <= 0) {
    throw new BalanceError(
      'balance/malformed-amount',
      '/percent',
      `${percent} % and ${savedKWh} kWh`,
      'a percentage between 0 and 100, and a saving above 0',
    );
  }
  // worse = better × (1 + share): saved / share is what the better line uses
  const first = reading('the-better-line', add(divide(saved, share), saved), saved);
  // better = worse × (1 − share): saved / share is what the worse line uses
  const second = reading('the-worse-line', divide(saved, share), saved);
  const readings = [first, second] as const;
  if (energies === null) {
    return {
      verdict: 'base-unclear',
      readings,
      base: null,
      needs: ['kWh of both lines', 'pieces of both lines', 'period'],
    };
  }
  const worse = decimalAt(energies.worseKWh, '/energies/worseKWh', 'balance/malformed-amount');
  const better = decimalAt(energies.betterKWh, '/energies/betterKWh', 'balance/malformed-amount');
  const gap = subtract(worse, better);
  const meant =
    compare(gap, saved) !== 0
      ? null
      : compare(gap, multiply(better, share)) === 0
        ? first
        : compare(gap, multiply(worse, share)) === 0
          ? second
          : null;
  return {
    verdict: meant === null ? 'not-reproducible' : 'reproduced',
    readings,
    base: meant?.base ?? null,
    needs: [],
  };
}

function reading(base: ClaimReading['base'], worse: Rational, saved: Rational): ClaimReading {
  const better = subtract(worse, saved);
  return {
    base,
    worseKWh: formatDecimal(worse, 3),
    betterKWh: formatDecimal(better, 3),
    savingPercentOfWorse: formatDecimal(multiply(divide(saved, worse), rational(100n)), 2),
  };
}

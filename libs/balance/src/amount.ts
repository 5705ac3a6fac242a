/** Amounts with their state: a missing one is missing, a zero says why it is one. */
import {
  add,
  compare,
  convert,
  formatDecimal,
  formatExact,
  isUnit,
  parseDecimal,
  QuantityError,
  type Rational,
  rational,
  reduce,
  type Unit,
  ZERO,
} from '#lib/quantity';
import { BalanceError, type BalanceErrorCode } from './errors.ts';

export type Amount =
  | { readonly state: 'value'; readonly value: string; readonly unit: string }
  | { readonly state: 'estimated'; readonly value: string; readonly unit: string; readonly basis: string }
  | { readonly state: 'zero'; readonly reason: string }
  | { readonly state: 'not-applicable'; readonly reason: string }
  | { readonly state: 'missing' };

export interface Term {
  readonly place: string;
  readonly amount: Amount;
}

/** A sum, or the places for want of which there is none. */
export interface Sum {
  readonly value: Rational | null;
  readonly missing: readonly string[];
  readonly estimated: readonly string[];
}

const MEMBERS: Readonly<Record<Amount['state'], readonly string[]>> = {
  value: ['state', 'value', 'unit'],
  estimated: ['state', 'value', 'unit', 'basis'],
  zero: ['state', 'reason'],
  'not-applicable': ['state', 'reason'],
  missing: ['state'],
};

/** The amount in `unit`, or null where it is missing. @throws {BalanceError} malformed-amount, unit, negative-amount */
export function amountIn(amount: Amount, unit: Unit, place: string): Rational | null {
  const state = (amount as { readonly state?: unknown } | null)?.state;
  const members =
    typeof state === 'string' && Object.hasOwn(MEMBERS, state) ? MEMBERS[state as Amount['state']] : null;
  if (members === null || Object.keys(amount).some((key) => !members.includes(key))) {
    throw malformed(place, amount, `one of the states ${Object.keys(MEMBERS).join(', ')} with its members`);
  }
  switch (amount.state) {
    case 'missing':
      return null;
    case 'zero':
    case 'not-applicable':
      if (!isText(amount.reason)) throw malformed(`${place}/reason`, amount.reason, 'a reason in words');
      return ZERO;
    case 'value':
    case 'estimated': {
      if (amount.state === 'estimated' && !isText(amount.basis))
        throw malformed(`${place}/basis`, amount.basis, 'what the estimate rests on');
      const value = decimalAt(amount.value, `${place}/value`, 'balance/malformed-amount');
      if (compare(value, ZERO) < 0) {
        throw new BalanceError(
          'balance/negative-amount',
          `${place}/value`,
          `${amount.value} is below 0`,
          'write a return as its own entry with the bill it corrects',
        );
      }
      // A nought without a reason is what a lost reading looks like.
      if (value.n === 0n)
        throw malformed(`${place}/value`, amount.value, 'the state zero with its reason, or missing');
      return inUnit(value, amount.unit, unit, `${place}/unit`);
    }
  }
}

/** @throws {BalanceError} balance/unit */
export function inUnit(value: Rational, from: unknown, to: Unit, place: string): Rational {
  try {
    if (typeof from === 'string' && isUnit(from)) return convert(value, from, to);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new BalanceError(
      'balance/unit',
      place,
      cause.message,
      `write it in a unit that converts to ${to}`,
      { cause },
    );
  }
  throw new BalanceError(
    'balance/unit',
    place,
    `${JSON.stringify(from)} is not a known unit`,
    `write it in ${to}`,
  );
}

/** An empty list is missing: who has nothing to list writes a zero with its reason. */
export function sumOf(terms: readonly Term[], unit: Unit, emptyPlace: string): Sum {
  if (terms.length === 0) return { value: null, missing: [emptyPlace], estimated: [] };
  const missing: string[] = [];
  const estimated: string[] = [];
  let total: Rational = ZERO;
  for (const { place, amount } of terms) {
    const value = amountIn(amount, unit, place);
    if (value === null) missing.push(place);
    else total = add(total, value);
    if (amount.state === 'estimated') estimated.push(place);
  }
  return { value: missing.length > 0 ? null : total, missing, estimated };
}

/** @throws {BalanceError} with `code` */
export function decimalAt(value: unknown, place: string, code: BalanceErrorCode): Rational {
  try {
    if (typeof value === 'string') return parseDecimal(value);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new BalanceError(code, place, cause.message, 'write a decimal string such as "12.5"', { cause });
  }
  throw new BalanceError(
    code,
    place,
    `${JSON.stringify(value) ?? 'nothing'} is not a decimal string`,
    'write a decimal string such as "12.5"',
  );
}

function malformed(place: string, seen: unknown, wanted: string): BalanceError {
  return new BalanceError(
    'balance/malformed-amount',
    place,
    `seen ${(JSON.stringify(seen) ?? 'nothing').slice(0, 80)}`,
    `write ${wanted}`,
  );
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

/** All digits where they end, else twelve decimals, half away from zero. */
export function show(value: Rational): string {
  try {
    return formatExact(value);
  } catch (cause) {
    if (cause instanceof QuantityError && cause.code === 'quantity/not-finite')
      return formatDecimal(value, 12);
    throw cause;
  }
}

/** The exact number as `n/d` in lowest terms, for what is calculated from a result. */
export function showFraction(value: Rational): string {
  const { n, d } = reduce(value);
  return `${n}/${d}`;
}

/** @throws {BalanceError} balance/malformed-amount */
export function readFraction(text: string, place: string): Rational {
  const match = /^(-?\d{1,80})\/([1-9]\d{0,80})$/.exec(text);
  if (match !== null) return rational(BigInt(match[1]!), BigInt(match[2]!));
  throw malformed(place, text, 'an exact fraction as a result carries it');
}

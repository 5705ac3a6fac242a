/** Lines side by side, before and after side by side: kWh per piece of one product, and what the difference is worth. */
import { HourlyError, type PeriodText, readSpan, type Span } from '#lib/hourly';
import { compare, divide, formatDecimal, multiply, type Rational, subtract, ZERO } from '#lib/quantity';
import { decimalAt, show } from './amount.ts';
import { BalanceError } from './errors.ts';

/** What a line used and made in a window, as its meters and output records say. */
export interface Window {
  readonly line: string;
  readonly product: string;
  readonly period: PeriodText;
  readonly kWh: string;
  readonly pieces: string;
}

/** Prices and factors are given with their source, never assumed; null leaves the yuan or the kg out. */
export interface Worth {
  readonly yuanPerKWh: string | null;
  /** kg per kWh of whichever kind `factor` names. */
  readonly kgPerKWh: string | null;
  readonly factor: string | null;
}

export interface Saving {
  readonly kWh: string;
  readonly yuan: string | null;
  readonly kg: string | null;
  readonly factor: string | null;
}

export interface PerPiece {
  readonly line: string;
  /** kWh per piece, six decimals, half away from zero; savings come from the exact number. */
  readonly kWhPerPiece: string;
}

export interface LineComparison {
  readonly product: string;
  readonly period: PeriodText;
  readonly lines: readonly [PerPiece, PerPiece];
  readonly better: string | null;
  /** Both bases, since "30 % less" and "30 % more" are two numbers. Two decimals. */
  readonly differencePercent: { readonly ofTheWorse: string; readonly ofTheBetter: string };
  /** If the worse line had made its pieces as the better one does. */
  readonly saving: Saving;
}

interface Read {
  readonly span: Span;
  readonly kWh: Rational;
  readonly pieces: Rational;
  readonly perPiece: Rational;
}

/** Two lines, one product, one period. @throws {BalanceError} balance/unlike-products, unlike-periods, same-line, zero-pieces */
export function compareLines(first: Window, second: Window, worth: Worth): LineComparison {
  const [a, b] = [readWindow(first, '/0'), readWindow(second, '/1')];
  sameProduct(first, second, '/1/product');
  if (first.line === second.line)
    throw new BalanceError(
      'balance/same-line',
      '/1/line',
      `${first.line} is held against itself`,
      'name two lines; for one line over time use an improvement record',
    );
  if (a.span.start !== b.span.start || a.span.end !== b.span.end) {
    throw new BalanceError(
      'balance/unlike-periods',
      '/1/period',
      `${spell(first.period)} is held against ${spell(second.period)}`,
      'take one period for both lines',
    );
  }
  const order = compare(a.perPiece, b.perPiece);
  const [worse, better] = order >= 0 ? [a, b] : [b, a];
  const gap = subtract(worse.perPiece, better.perPiece);
  return {
    product: first.product,
    period: first.period,
    lines: [
      { line: first.line, kWhPerPiece: formatDecimal(a.perPiece, 6) },
      { line: second.line, kWhPerPiece: formatDecimal(b.perPiece, 6) },
    ],
    better: order === 0 ? null : order > 0 ? second.line : first.line,
    differencePercent: {
      ofTheWorse: percentOf(gap, worse.perPiece),
      ofTheBetter: percentOf(gap, better.perPiece),
    },
    saving: savingOf(multiply(gap, worse.pieces), worth),
  };
}

export interface ImprovementRecord {
  readonly before: Window;
  readonly action: string;
  /** In yuan; null: not known. */
  readonly costYuan: string | null;
  readonly after: Window;
  /** What the factory says it saved, if it says so. */
  readonly claimedKWh: string | null;
}

export interface Improvement {
  readonly product: string;
  readonly line: string;
  readonly action: string;
  readonly before: PerPiece;
  readonly after: PerPiece;
  /** In the after window: its pieces, made as before, less what was used. Below 0 it got worse. */
  readonly saving: Saving;
  readonly percentOfBefore: string;
  readonly costYuan: string | null;
  readonly claim: 'none' | 'same' | 'differs';
  readonly warnings: readonly string[];
}

/** @throws {BalanceError} balance/unlike-products, overlapping-windows, zero-pieces, malformed-input */
export function checkImprovement(record: ImprovementRecord, worth: Worth): Improvement {
  const [before, after] = [readWindow(record.before, '/before'), readWindow(record.after, '/after')];
  sameProduct(record.before, record.after, '/after/product');
  if (record.before.line !== record.after.line) {
    throw new BalanceError(
      'balance/malformed-input',
      '/after/line',
      `${record.before.line} before, ${record.after.line} after`,
      'an improvement is of one line; compare two lines as lines',
    );
  }
  if (record.action.trim() === '')
    throw new BalanceError('balance/malformed-input', '/action', 'no action is named', 'say what was done');
  if (before.span.end > after.span.start) {
    throw new BalanceError(
      'balance/overlapping-windows',
      '/after/period',
      `the window after, ${spell(record.after.period)}, begins before the window before ends, ${spell(record.before.period)}`,
      'end the first window before the action and begin the second after it',
    );
  }
  const saved = subtract(multiply(before.perPiece, after.pieces), after.kWh);
  const length = ({ span }: Read) => span.end - span.start;
  return {
    product: record.before.product,
    line: record.before.line,
    action: record.action,
    before: { line: record.before.line, kWhPerPiece: formatDecimal(before.perPiece, 6) },
    after: { line: record.after.line, kWhPerPiece: formatDecimal(after.perPiece, 6) },
    saving: savingOf(saved, worth),
    percentOfBefore: percentOf(subtract(before.perPiece, after.perPiece), before.perPiece),
    costYuan: record.costYuan === null ? null : show(notBelowZero(record.costYuan, '/costYuan')),
    claim:
      record.claimedKWh === null
        ? 'none'
        : compare(decimalAt(record.claimedKWh, '/claimedKWh', 'balance/malformed-amount'), saved) === 0
          ? 'same'
          : 'differs',
    warnings: [
      ...(length(before) === length(after) ? [] : ['balance/windows-of-unlike-length']),
      ...(compare(saved, ZERO) <= 0 ? ['balance/no-saving'] : []),
    ],
  };
}

function readWindow(window: Window, place: string): Read {
  const kWh = notBelowZero(window.kWh, `${place}/kWh`);
  const pieces = notBelowZero(window.pieces, `${place}/pieces`);
  if (pieces.n === 0n)
    throw new BalanceError(
      'balance/zero-pieces',
      `${place}/pieces`,
      `${window.line} made nothing in the window`,
      'take a window in which the product was made',
    );
  if (kWh.n === 0n)
    throw new BalanceError(
      'balance/malformed-amount',
      `${place}/kWh`,
      `${window.line} made pieces with no electricity`,
      'check the meter: a nought is not a saving',
    );
  try {
    return { span: readSpan(window.period, `${place}/period`), kWh, pieces, perPiece: divide(kWh, pieces) };
  } catch (cause) {
    if (!(cause instanceof HourlyError)) throw cause;
    throw new BalanceError('balance/malformed-input', `${place}/period`, cause.message, cause.remedy, {
      cause,
    });
  }
}

function sameProduct(a: Window, b: Window, place: string): void {
  if (a.product === b.product) return;
  throw new BalanceError(
    'balance/unlike-products',
    place,
    `${a.product} is held against ${b.product}`,
    'compare windows of one product',
  );
}

function savingOf(kWh: Rational, { yuanPerKWh, kgPerKWh, factor }: Worth): Saving {
  const times = (rate: string | null, place: string) =>
    rate === null ? null : show(multiply(kWh, notBelowZero(rate, place)));
  if ((kgPerKWh === null) !== (factor === null))
    throw new BalanceError(
      'balance/malformed-input',
      '/worth/factor',
      'a factor and its name belong together',
      'give both or neither',
    );
  return {
    kWh: show(kWh),
    yuan: times(yuanPerKWh, '/worth/yuanPerKWh'),
    kg: times(kgPerKWh, '/worth/kgPerKWh'),
    factor,
  };
}

function notBelowZero(text: string, place: string): Rational {
  const value = decimalAt(text, place, 'balance/malformed-amount');
  if (compare(value, ZERO) >= 0) return value;
  throw new BalanceError('balance/negative-amount', place, `${text} is below 0`, 'check the sign');
}

const percentOf = (part: Rational, whole: Rational): string =>
  formatDecimal(multiply(divide(part, whole), { n: 100n, d: 1n }), 2);
const spell = ({ start, end }: PeriodText): string => `${start} to ${end}`;

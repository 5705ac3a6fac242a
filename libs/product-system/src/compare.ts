/** Comparisons that a factory acts on, recomputed from the data they are about: lines, improvements, period and batch. */
import {
  add,
  compare,
  divide,
  formatDecimal,
  multiply,
  parseDecimal,
  placesFor,
  type Rational,
  subtract,
  ZERO,
} from '#lib/quantity';
import type { Amount, Period, ProductSystemResult, Stage } from './model.ts';
import { inUnit, type Measure, measure, readPeriod, refuse, text } from './shape.ts';

/** What a line used and made in one period. */
export type LineData = { readonly line: string; readonly electricity: Amount; readonly output: Amount };

/** What a kilowatt hour costs and emits; null: not stated, and then nothing is said of it. */
export type PerKWh = { readonly price: Amount | null; readonly kgCO2e: string | null };

export type Saving = {
  readonly kWh: string;
  readonly cost: Amount | null;
  readonly kgCO2e: string | null;
};

export type LineComparison = {
  readonly product: string;
  readonly period: Period;
  readonly lines: readonly {
    readonly line: string;
    readonly kWhPerPiece: string;
    /** Percent above the best line; null if the best used nothing. */
    readonly aboveBest: string | null;
  }[];
  readonly best: string;
  /** If every line used per piece what the best one uses. */
  readonly saving: Saving;
};

/** Lines that made the same product in the same period. */
export function compareLines(data: {
  readonly product: string;
  readonly period: Period;
  readonly lines: readonly LineData[];
  readonly perKWh: PerKWh;
}): LineComparison {
  const period = readPeriod(data.period, '/period');
  const used = data.lines.map((each, at) => readUse(each, `/lines/${at}`));
  const [first] = used;
  if (first === undefined) refuse('product-system/malformed-input', '/lines', 'there is no line to compare');
  const best = used.reduce((a, b) => (compare(b.perPiece, a.perPiece) < 0 ? b : a), first as Use);
  const saved = used.reduce(
    (sum, { kWh, pieces }) => add(sum, subtract(kWh, multiply(best.perPiece, pieces))),
    ZERO,
  );
  return {
    product: data.product,
    period,
    lines: used.map(({ line, perPiece }) => ({
      line,
      kWhPerPiece: significant(perPiece),
      aboveBest: change(best.perPiece, perPiece),
    })),
    best: best.line,
    saving: savingOf(saved, data.perKWh),
  };
}

export type ImprovementRecord = {
  readonly action: string;
  readonly before: { readonly period: Period; readonly kWhPerPiece: string };
  readonly after: { readonly period: Period; readonly kWhPerPiece: string };
  /** Percent; negative is a saving. */
  readonly change: string | null;
  /** Over the window after, for the pieces made in it; negative if it uses more than before. */
  readonly saving: Saving;
  readonly cost: Amount | null;
  /** Windows like the one after until the cost is saved; null if not known or never. */
  readonly windowsToPayBack: string | null;
};

/** What an action saved: the two windows and nothing else decide. */
export function recordImprovement(data: {
  readonly action: string;
  readonly cost: Amount | null;
  readonly before: { readonly period: Period; readonly electricity: Amount; readonly output: Amount };
  readonly after: { readonly period: Period; readonly electricity: Amount; readonly output: Amount };
  readonly perKWh: PerKWh;
}): ImprovementRecord {
  const windows = [
    readPeriod(data.before.period, '/before/period'),
    readPeriod(data.after.period, '/after/period'),
  ];
  const [earlier, later] = windows as [Period, Period];
  if (earlier.end > later.start)
    refuse('product-system/not-comparable', '/after/period', 'the window after begins before the other ends');
  const before = readUse({ ...data.before, line: 'before' }, '/before');
  const after = readUse({ ...data.after, line: 'after' }, '/after');
  const saved = subtract(multiply(before.perPiece, after.pieces), after.kWh);
  const cost = data.cost === null ? null : measure(data.cost, '/cost');
  return {
    action: text(data, 'action', ''),
    before: { period: earlier, kWhPerPiece: significant(before.perPiece) },
    after: { period: later, kWhPerPiece: significant(after.perPiece) },
    change: change(before.perPiece, after.perPiece),
    saving: savingOf(saved, data.perKWh),
    cost: data.cost,
    windowsToPayBack: payBack(cost, saved, data.perKWh),
  };
}

interface Use {
  readonly line: string;
  readonly kWh: Rational;
  readonly pieces: Rational;
  readonly perPiece: Rational;
}

function readUse({ line, electricity, output }: LineData, place: string): Use {
  const kWh = inUnit(measure(electricity, `${place}/electricity`), 'kWh', `${place}/electricity`);
  const pieces = inUnit(measure(output, `${place}/output`), 'piece', `${place}/output`);
  if (pieces.n === 0n) refuse('product-system/zero-output', `${place}/output`, `${line} made nothing`);
  return { line, kWh, pieces, perPiece: divide(kWh, pieces) };
}

const readPrice = ({ price }: PerKWh): Measure | null =>
  price === null ? null : measure(price, '/perKWh/price');

function savingOf(kWh: Rational, perKWh: PerKWh): Saving {
  const price = readPrice(perKWh);
  return {
    kWh: formatDecimal(kWh, 3),
    cost: price === null ? null : { value: formatDecimal(multiply(kWh, price.value), 2), unit: price.unit },
    kgCO2e: perKWh.kgCO2e === null ? null : formatDecimal(multiply(kWh, parseDecimal(perKWh.kgCO2e)), 3),
  };
}

function payBack(cost: Measure | null, saved: Rational, perKWh: PerKWh): string | null {
  const price = readPrice(perKWh);
  if (cost === null || price === null || saved.n <= 0n || price.value.n === 0n) return null;
  return formatDecimal(divide(inUnit(cost, price.unit, '/cost'), multiply(saved, price.value)), 1);
}

export type Deviation = {
  readonly per: string;
  readonly batch: string | null;
  readonly period: Period;
  readonly overPeriod: string;
  readonly ofBatch: string;
  /** Percent of the figure over the period. */
  readonly deviation: string | null;
  readonly stages: readonly {
    readonly stage: Stage;
    readonly overPeriod: string | null;
    readonly ofBatch: string | null;
    readonly deviation: string | null;
  }[];
};

/** One batch against the product over its period. @throws product-system/not-comparable */
export function compareBatch(overPeriod: ProductSystemResult, ofBatch: ProductSystemResult): Deviation {
  if (overPeriod.of.batch !== null || ofBatch.of.batch === null)
    refuse(
      'product-system/not-comparable',
      '/of/batch',
      'give the result over the period first, then the batch',
    );
  if (overPeriod.perUnit.per !== ofBatch.perUnit.per)
    refuse(
      'product-system/not-comparable',
      '/perUnit/per',
      `${overPeriod.perUnit.per} and ${ofBatch.perUnit.per}`,
    );
  const names = [...new Set([...overPeriod.stages, ...ofBatch.stages].map(({ stage }) => stage))];
  const at = (result: ProductSystemResult, name: Stage): string | null =>
    result.stages.find(({ stage }) => stage === name)?.perUnit ?? null;
  return {
    per: ofBatch.perUnit.per,
    batch: ofBatch.of.batch,
    period: overPeriod.of.period,
    overPeriod: overPeriod.perUnit.value,
    ofBatch: ofBatch.perUnit.value,
    deviation: changeOf(overPeriod.perUnit.value, ofBatch.perUnit.value),
    stages: names.map((stage) => {
      const [whole, batch] = [at(overPeriod, stage), at(ofBatch, stage)];
      const deviation = whole === null || batch === null ? null : changeOf(whole, batch);
      return { stage, overPeriod: whole, ofBatch: batch, deviation };
    }),
  };
}

/** Percent from one decimal string to another; null from nought. */
export const changeOf = (from: string, to: string): string | null =>
  change(parseDecimal(from), parseDecimal(to));

function change(from: Rational, to: Rational): string | null {
  if (from.n === 0n) return null;
  const moved = divide(subtract(to, from), from.n < 0n ? { n: -from.n, d: from.d } : from);
  return formatDecimal({ n: moved.n * 100n, d: moved.d }, 1);
}

const significant = (value: Rational): string => formatDecimal(value, placesFor(value, 6, 12));

/**
 * Which part of a shared amount falls to which line. The product number does not depend on it: the parts of
 * an amount sum to the amount. Only the figures of the single lines do.
 */
import type { Line } from '#lib/evidence';
import {
  add,
  compare,
  convert,
  divide,
  multiply,
  ONE,
  QuantityError,
  type Rational,
  subtract,
  ZERO,
} from '#lib/quantity';
import { FootprintError } from './errors.ts';
import type { ReadActivity, ReadInput } from './input.ts';

export interface LineFacts {
  readonly line: Line;
  /** Declared units made. */
  readonly output: Rational;
  /** kWh metered on the line itself; null when it has no meter or a reading is missing. */
  readonly ownKWh: Rational | null;
  /** Part of all declared units, 0…1. */
  readonly outputPart: Rational;
  /** Part of all electricity: own meter plus what no line meter explains spread by output, 0…1; null without meters. */
  readonly electricityPart: Rational | null;
}

export interface Facility {
  readonly lines: readonly LineFacts[];
  readonly output: Rational;
  /** (supplied - metered) / supplied; null without metered use or supply. */
  readonly unallocated: Rational | null;
}

/** Above this, meters and bills do not describe the same electricity: 1/20. */
const MOST_EXCESS: Rational = { n: -1n, d: 20n };

/** @throws {FootprintError} footprint/zero-output, /unknown-line, /dimension-mismatch, /use-exceeds-supply */
export function describeFacility(input: ReadInput): Facility {
  const outputs = sumOutputs(input);
  const names = [...outputs.keys()].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const output = names.reduce((total, name) => add(total, outputs.get(name) ?? ZERO), ZERO);
  if (names.length === 0 || names.some((name) => outputs.get(name)?.n === 0n)) {
    throw new FootprintError(
      'footprint/zero-output',
      '/activities',
      'no output, or a line with zero output: a footprint per unit needs the number of units made',
    );
  }
  for (const { record, index } of input.activities) {
    if (record.line !== 'shared' && !outputs.has(record.line)) {
      throw new FootprintError(
        'footprint/unknown-line',
        `/activities/${index}/line`,
        `line ${record.line} made nothing in this period; lines with output: ${names.join(', ')}`,
      );
    }
  }
  const electricity = sumElectricity(input);
  const used = [...electricity.used.values()].reduce(add, ZERO);
  const onLines = names.reduce((total, name) => add(total, electricity.used.get(name) ?? ZERO), ZERO);
  // What no line meter explains, shared loads and losses alike, is spread by output.
  const whole = compare(used, electricity.supplied) > 0 ? used : electricity.supplied;
  const spread = subtract(whole, onLines);
  return {
    output,
    unallocated: electricity.metered ? unallocatedPart(electricity.supplied, used) : null,
    lines: names.map((line) => {
      const made = outputs.get(line) ?? ZERO;
      const outputPart = divide(made, output);
      const own = electricity.own.get(line);
      const unmetered = own === undefined || electricity.incomplete.has(line);
      const attributed = add(electricity.used.get(line) ?? ZERO, multiply(spread, outputPart));
      return {
        line,
        output: made,
        outputPart,
        ownKWh: unmetered ? null : own,
        electricityPart: used.n === 0n ? null : divide(attributed, whole),
      };
    }),
  };
}

function sumOutputs(input: ReadInput): Map<Line, Rational> {
  const outputs = new Map<Line, Rational>();
  for (const activity of input.activities) {
    if (activity.record.role !== 'output') continue;
    if (activity.record.line === 'shared' || activity.amount === null) {
      throw new FootprintError(
        'footprint/zero-output',
        `/activities/${activity.index}`,
        'output must name its line and have a quantity; a missing output cannot be divided by',
      );
    }
    const { unit, value } = input.declaredUnit;
    const made = divide(inUnit(activity, unit), value);
    outputs.set(activity.record.line, add(outputs.get(activity.record.line) ?? ZERO, made));
  }
  return outputs;
}

function sumElectricity(input: ReadInput) {
  const used = new Map<Line, Rational>();
  const own = new Map<Line, Rational>();
  const incomplete = new Set<Line>();
  let supplied = ZERO;
  let metered = false;
  for (const activity of input.activities) {
    const { role, kind, line } = activity.record;
    const isUse = role === 'metered-use';
    // Without bills the line's meter carries the emissions itself and still says what the line used.
    const isOwn = line !== 'shared' && (isUse || (kind === 'electricity' && role === 'burden'));
    metered ||= isUse;
    if (activity.amount === null) {
      if (isOwn) incomplete.add(line);
      continue;
    }
    if (isUse) used.set(line, add(used.get(line) ?? ZERO, inUnit(activity, 'kWh')));
    if (isOwn) own.set(line, add(own.get(line) ?? ZERO, inUnit(activity, 'kWh')));
    if (activity.allocation === 'electricity-use') supplied = add(supplied, inUnit(activity, 'kWh'));
  }
  return { used, own, incomplete, supplied, metered };
}

function unallocatedPart(supplied: Rational, used: Rational): Rational | null {
  if (supplied.n === 0n) return null;
  const part = subtract(ONE, divide(used, supplied));
  if (compare(part, MOST_EXCESS) < 0) {
    throw new FootprintError(
      'footprint/use-exceeds-supply',
      '/activities',
      'the meters of the lines count over 5 % more electricity than was bought and self-used; check multipliers and periods',
    );
  }
  return part;
}

/** The activity's quantity in `unit`; only for activities whose quantity is not missing. */
export function inUnit(activity: ReadActivity, unit: Parameters<typeof convert>[2]): Rational {
  if (activity.amount === null) return ZERO;
  try {
    return convert(activity.amount.value, activity.amount.unit, unit);
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    const place = `/activities/${activity.index}/quantity`;
    throw new FootprintError(
      'footprint/dimension-mismatch',
      place,
      `${activity.record.item}: ${cause.message}`,
      { cause },
    );
  }
}

/**
 * The lines of the reference process: which part of something shared falls to which line. The product number does not
 * depend on it, the parts of an amount sum to the amount; only the figures of the single lines do.
 */
import { add, compare, divide, multiply, ONE, type Rational, subtract, ZERO } from '#lib/quantity';
import type { ReadActivity, ReadInput } from './input.ts';
import { inUnit, refuse } from './shape.ts';

export interface LineFacts {
  readonly line: string;
  /** In the declared unit's unit. */
  readonly output: Rational;
  /** kWh on the line's own meter; null when it has none or a reading is missing. */
  readonly ownKWh: Rational | null;
  /** 0…1 */
  readonly outputPart: Rational;
  /** Own meter, and what no line meter explains spread by output, 0…1; null without meters. */
  readonly electricityPart: Rational | null;
}

export interface Facility {
  readonly lines: readonly LineFacts[];
  /** In the declared unit's unit; null without output activities. */
  readonly output: Rational | null;
  /** (supplied - metered) / supplied; null without metered use or supply. */
  readonly unallocated: Rational | null;
}

/** Above this, meters and bills do not describe the same electricity: 1/20. */
const MOST_EXCESS: Rational = { n: -1n, d: 20n };

export function describeFacility(input: ReadInput): Facility {
  const outputs = sumOutputs(input);
  const names = [...outputs.keys()].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const output = names.reduce((total, name) => add(total, outputs.get(name) ?? ZERO), ZERO);
  if (names.some((name) => outputs.get(name)?.n === 0n))
    refuse(
      'product-system/zero-output',
      '/activities',
      'a line has no output, so there is no figure per unit',
    );
  for (const { line, index } of input.activities) {
    if (line !== 'shared' && !outputs.has(line)) {
      refuse(
        'product-system/unknown-line',
        `/activities/${index}/line`,
        `line ${line} made nothing in this period; lines with output: ${names.join(', ')}`,
      );
    }
  }
  const electricity = sumElectricity(input);
  const used = [...electricity.used.values()].reduce(add, ZERO);
  const onLines = names.reduce((total, name) => add(total, electricity.used.get(name) ?? ZERO), ZERO);
  const whole = compare(used, electricity.supplied) > 0 ? used : electricity.supplied;
  const spread = subtract(whole, onLines);
  return {
    output: names.length === 0 ? null : output,
    unallocated: electricity.metered ? unallocatedPart(electricity.supplied, used) : null,
    lines: names.map((line) => {
      const made = outputs.get(line) ?? ZERO;
      const outputPart = divide(made, output);
      const own = electricity.own.get(line);
      const attributed = add(electricity.used.get(line) ?? ZERO, multiply(spread, outputPart));
      return {
        line,
        output: made,
        outputPart,
        ownKWh: own === undefined || electricity.incomplete.has(line) ? null : own,
        electricityPart: used.n === 0n ? null : divide(attributed, whole),
      };
    }),
  };
}

function sumOutputs(input: ReadInput): Map<string, Rational> {
  const outputs = new Map<string, Rational>();
  for (const activity of input.activities) {
    if (activity.role !== 'output') continue;
    const { line, index } = activity;
    if (line === 'shared' || activity.amount === null) {
      refuse(
        'product-system/zero-output',
        `/activities/${index}`,
        'output must name its line and have a quantity; a missing output cannot be divided by',
      );
    }
    const made = amountIn(activity, input.declaredUnit.unit);
    outputs.set(line, add(outputs.get(line) ?? ZERO, made));
  }
  return outputs;
}

function sumElectricity(input: ReadInput) {
  const used = new Map<string, Rational>();
  const own = new Map<string, Rational>();
  const incomplete = new Set<string>();
  let supplied = ZERO;
  let metered = false;
  for (const activity of input.activities) {
    const { role, kind, line, allocation } = activity;
    const isUse = role === 'metered-use';
    // Without bills the line's meter carries the emissions itself and still says what the line used.
    const isOwn = line !== 'shared' && (isUse || (kind === 'electricity' && role === 'burden'));
    metered ||= isUse;
    if (activity.amount === null) {
      if (isOwn) incomplete.add(line);
      continue;
    }
    if (isUse) used.set(line, add(used.get(line) ?? ZERO, amountIn(activity, 'kWh')));
    if (isOwn) own.set(line, add(own.get(line) ?? ZERO, amountIn(activity, 'kWh')));
    if (allocation === 'electricity-use') supplied = add(supplied, amountIn(activity, 'kWh'));
  }
  return { used, own, incomplete, supplied, metered };
}

function unallocatedPart(supplied: Rational, used: Rational): Rational | null {
  if (supplied.n === 0n) return null;
  const part = subtract(ONE, divide(used, supplied));
  if (compare(part, MOST_EXCESS) < 0) {
    refuse(
      'product-system/use-exceeds-supply',
      '/activities',
      'the meters of the lines count over 5 % more electricity than was bought and self-used',
    );
  }
  return part;
}

/** Nought for a missing quantity. */
export function amountIn(activity: ReadActivity, unit: string): Rational {
  if (activity.amount === null) return ZERO;
  return inUnit(activity.amount, unit, `/activities/${activity.index}/quantity`);
}

/**
 * Reads a footprint input from untrusted JSON into exact numbers. The input may come out of a stranger's
 * bundle, so shape is checked before anything is calculated.
 */
import type { Line, Period } from '#lib/evidence';
import { isUnit, type Rational, type Unit } from '#lib/quantity';
import { FootprintError } from './errors.ts';
import {
  type Allocation,
  FACTOR_GRADES,
  FACTOR_KINDS,
  type Factor,
  type FootprintInput,
  type InputActivity,
  STAGES,
} from './model.ts';
import {
  amount,
  decimal,
  type Fields,
  list,
  malformed,
  object,
  oneOf,
  readLine,
  readPeriod,
  shown,
  text,
} from './shape.ts';

export const MAX_ACTIVITIES = 5_000;
const MAX_FACTORS_PER_ACTIVITY = 8;

export interface ReadFactor {
  readonly record: Factor;
  readonly value: Rational;
  readonly perUnit: Unit;
  /** 0…1. */
  readonly primary: Rational;
}

export interface ReadActivity {
  readonly index: number;
  readonly record: InputActivity;
  /** Null exactly when the state is `missing`. */
  readonly amount: { readonly value: Rational; readonly unit: Unit } | null;
  readonly factors: readonly ReadFactor[];
  readonly allocation: Allocation | null;
}

export interface ReadInput {
  readonly record: FootprintInput;
  readonly declaredUnit: { readonly value: Rational; readonly unit: Unit };
  readonly activities: readonly ReadActivity[];
}

/** @throws {FootprintError} with the JSON pointer of the first value refused */
export function readInput(input: FootprintInput): ReadInput {
  const fields = object(input, '');
  oneOf(fields, 'format', '', ['anchorleaf-footprint-input/v1']);
  oneOf(fields, 'boundary', '', ['cradle-to-gate']);
  text(fields, 'product', '');
  const declaredUnit = amount(fields.declaredUnit, '/declaredUnit');
  if (declaredUnit.value.n <= 0n) {
    throw new FootprintError(
      'footprint/malformed-quantity',
      '/declaredUnit',
      'the declared unit must be above zero',
    );
  }
  const period = readPeriod(fields.period, '/period');
  const factors = readFactors(list(fields, 'factors', ''));
  const activities = list(fields, 'activities', '');
  if (activities.length > MAX_ACTIVITIES) {
    throw new FootprintError(
      'footprint/too-many-activities',
      '/activities',
      `${activities.length} activities; at most ${MAX_ACTIVITIES} fit one calculation, sum monthly rows first`,
    );
  }
  const seen = new Set<string>();
  return {
    record: input,
    declaredUnit,
    activities: activities.map((each, index) => readActivity(each, index, period, factors, seen)),
  };
}

function readActivity(
  value: unknown,
  index: number,
  whole: Period,
  factors: ReadonlyMap<string, ReadFactor>,
  seen: Set<string>,
): ReadActivity {
  const place = `/activities/${index}`;
  const fields = object(value, place);
  const id = text(fields, 'activity', place);
  object(fields.name, `${place}/name`);
  text(fields, 'kind', place);
  text(fields, 'item', place);
  if (seen.has(id)) {
    throw new FootprintError(
      'footprint/duplicate-activity',
      `${place}/activity`,
      `${id} is already in the list`,
    );
  }
  seen.add(id);
  const role = oneOf(fields, 'role', place, ['burden', 'credit', 'metered-use', 'output']);
  oneOf(fields, 'grade', place, ['signed-meter', 'api', 'file', 'bill', 'manual', 'archive']);
  const line = readLine(fields, place);
  const period = readPeriod(fields.period, `${place}/period`);
  if (period.start < whole.start || period.end > whole.end) {
    throw new FootprintError(
      'footprint/outside-period',
      `${place}/period`,
      `${period.start} to ${period.end} is not inside ${whole.start} to ${whole.end}; split the bill or widen the period`,
    );
  }
  const carries = role === 'burden' || role === 'credit';
  if (carries) oneOf(fields, 'stage', place, STAGES);
  else if (fields.stage !== null) malformed(`${place}/stage`, `null for ${role}`, fields.stage);
  const ids = list(fields, 'factors', place);
  if (ids.length > MAX_FACTORS_PER_ACTIVITY || (!carries && ids.length > 0)) {
    malformed(
      `${place}/factors`,
      carries ? `at most ${MAX_FACTORS_PER_ACTIVITY} ids` : `no factors for ${role}`,
      ids,
    );
  }
  const used = ids.map((each, at) => findFactor(each, factors, `${place}/factors/${at}`));
  if (carries) checkCombination(used, `${place}/factors`);
  return {
    index,
    record: value as InputActivity,
    amount: readAmount(fields, place),
    factors: used,
    allocation: readAllocation(fields, place, carries, line),
  };
}

function readAllocation(fields: Fields, place: string, carries: boolean, line: Line): Allocation | null {
  if (carries && line === 'shared')
    return oneOf<Allocation>(fields, 'allocation', place, ['pieces', 'electricity-use']);
  if (fields.allocation !== null) malformed(`${place}/allocation`, `null on line ${line}`, fields.allocation);
  return null;
}

function readAmount(fields: Fields, place: string): ReadActivity['amount'] {
  const state = oneOf(fields, 'state', place, ['value', 'zero', 'missing', 'estimated']);
  const at = `${place}/quantity`;
  if ((state === 'missing') !== (fields.quantity === null)) {
    throw new FootprintError(
      'footprint/state-mismatch',
      at,
      `state ${state} does not fit this quantity; missing is null`,
    );
  }
  if (state === 'missing') return null;
  const read = amount(fields.quantity, at);
  if (read.value.n < 0n) {
    throw new FootprintError(
      'footprint/negative-quantity',
      at,
      'a quantity cannot be below zero; use role "credit" for an avoided product',
    );
  }
  if ((state === 'zero') !== (read.value.n === 0n)) {
    throw new FootprintError(
      'footprint/state-mismatch',
      at,
      `zero must be confirmed by state "zero", seen ${state}`,
    );
  }
  return read;
}

/** One life-cycle factor alone, or direct and upstream ones; never both, which would count twice. */
function checkCombination(factors: readonly ReadFactor[], place: string): void {
  const wholes = factors.filter((factor) => factor.record.kind === 'life-cycle').length;
  const twice = new Set(factors.map((factor) => factor.record.id)).size < factors.length;
  if (factors.length === 0 || twice || (wholes > 0 && factors.length > 1)) {
    throw new FootprintError(
      'footprint/factor-combination',
      place,
      `${factors.length} factors (${wholes} life-cycle); give one life-cycle factor, or direct and upstream factors, each once`,
    );
  }
}

function findFactor(id: unknown, factors: ReadonlyMap<string, ReadFactor>, place: string): ReadFactor {
  const factor = typeof id === 'string' ? factors.get(id) : undefined;
  if (factor === undefined) {
    throw new FootprintError(
      'footprint/unknown-factor',
      place,
      `${shown(id)} is not among the factors of this input`,
    );
  }
  if (factor.record.kind === 'inventory-co2') {
    throw new FootprintError(
      'footprint/inventory-factor',
      place,
      `${factor.record.value} ${factor.record.unit} (${factor.record.region} ${factor.record.year}) is for an organisation's CO2 inventory; use the life-cycle footprint factor`,
    );
  }
  return factor;
}

function readFactors(values: readonly unknown[]): ReadonlyMap<string, ReadFactor> {
  const factors = new Map<string, ReadFactor>();
  for (const [index, value] of values.entries()) {
    const place = `/factors/${index}`;
    const fields = object(value, place);
    const id = text(fields, 'id', place);
    if (factors.has(id)) {
      throw new FootprintError('footprint/duplicate-factor', `${place}/id`, `factor ${id} is listed twice`);
    }
    object(fields.name, `${place}/name`);
    const kind = oneOf(fields, 'kind', place, FACTOR_KINDS);
    oneOf(fields, 'grade', place, FACTOR_GRADES);
    oneOf(fields, 'gwp', place, ['AR4', 'AR5', 'AR6', 'not-stated']);
    if (!/^\d{4}$/.test(text(fields, 'year', place))) malformed(`${place}/year`, 'a year', fields.year);
    if (typeof fields.makerStated !== 'boolean')
      malformed(`${place}/makerStated`, 'true or false', fields.makerStated);
    factors.set(id, {
      record: value as Factor,
      value: factorNumber(fields.value, `${place}/value`, null),
      perUnit: factorUnit(
        text(fields, 'unit', place),
        kind === 'inventory-co2' ? 'kgCO2' : 'kgCO2e',
        `${place}/unit`,
      ),
      primary:
        fields.primaryDataShare === null
          ? { n: 0n, d: 1n }
          : percent(factorNumber(fields.primaryDataShare, `${place}/primaryDataShare`, 100n)),
    });
  }
  return factors;
}

const percent = (value: Rational): Rational => ({ n: value.n, d: value.d * 100n });

function factorNumber(value: unknown, place: string, most: bigint | null): Rational {
  const number = decimal(value, place, 'footprint/malformed-factor');
  if (number.n < 0n || (most !== null && number.n > most * number.d)) {
    throw new FootprintError(
      'footprint/malformed-factor',
      place,
      `${shown(value)} is outside 0 to ${most ?? 'any'}`,
    );
  }
  return number;
}

function factorUnit(unit: string, numerator: string, place: string): Unit {
  const [top, bottom = '', ...rest] = unit.split('/');
  if (top !== numerator || rest.length > 0 || !isUnit(bottom)) {
    throw new FootprintError(
      'footprint/malformed-factor',
      place,
      `${shown(unit)} is not ${numerator}/{known unit}`,
    );
  }
  return bottom;
}

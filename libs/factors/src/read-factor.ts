/** Untrusted JSON → factor record, every member checked; and a record → its canonical text. */
import { canonicalize, pointerToken } from '#lib/canonical';
import type { Names, Period } from '#lib/evidence';
import { add, compare, multiply, parseDecimal, QuantityError, type Rational, sum, ZERO } from '#lib/quantity';
import { FactorsError, type FactorsErrorCode } from './errors.ts';
import { readFactorUnit } from './factor-unit.ts';
import { gasTotal } from './gwp.ts';
import {
  FACTOR_GRADES,
  FACTOR_KINDS,
  type Factor,
  type FactorFields,
  type FactorGases,
  type FactorParts,
  type FactorUncertainty,
  factorId,
  GWP_SETS,
} from './record.ts';
import { isRegion } from './region.ts';

const MEMBERS = [
  'id',
  'name',
  'value',
  'unit',
  'kind',
  'gwp',
  'region',
  'period',
  'year',
  'parts',
  'gases',
  'source',
  'document',
  'licence',
  'grade',
  'standIn',
  'makerStated',
  'primaryDataShare',
  'uncertainty',
  'supersededBy',
];
const PARTS = [
  'fossil',
  'biogenicNonCO2',
  'landUseChange',
  'landManagementFossil',
  'landManagementBiogenicCO2',
  'removals',
  'biogenicUptake',
  'aircraft',
] as const;
const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const ID = /^sha256:[0-9a-f]{64}$/;
const MAX_TEXT = 500;
// Control characters, and the marks that make text read in another order than it is written.
const HIDDEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one record; `place` is the JSON pointer it stands at.
 * A well-formed record is not yet a published one: ask `judgeFactors`.
 * @throws {FactorsError} with the pointer of the member refused
 */
export function readFactor(input: unknown, place = ''): Factor {
  const fields = members(input, place, MEMBERS);
  const unit = readFactorUnit(text(fields, 'unit', place), `${place}/unit`);
  const record: FactorFields = {
    name: names(fields.name, `${place}/name`),
    value: decimalText(fields.value, `${place}/value`),
    unit: fields.unit as string,
    kind: oneOf(fields, 'kind', place, FACTOR_KINDS),
    gwp: oneOf(fields, 'gwp', place, GWP_SETS),
    region: text(fields, 'region', place),
    period: fields.period === null ? null : period(fields.period, `${place}/period`),
    year: text(fields, 'year', place),
    parts: fields.parts === null ? null : parts(fields.parts, `${place}/parts`),
    gases: fields.gases === null ? null : gases(fields.gases, `${place}/gases`),
    source: text(fields, 'source', place),
    document: orNull(fields, 'document', place),
    licence: text(fields, 'licence', place),
    grade: oneOf(fields, 'grade', place, FACTOR_GRADES),
    standIn: orNull(fields, 'standIn', place),
    makerStated: truth(fields, 'makerStated', place),
    primaryDataShare: fields.primaryDataShare === null ? null : percent(fields, 'primaryDataShare', place),
    uncertainty: fields.uncertainty === null ? null : uncertainty(fields.uncertainty, `${place}/uncertainty`),
    supersededBy: orNull(fields, 'supersededBy', place),
  };
  if ((unit.emission === 'kgCO2') !== (record.kind === 'inventory-co2'))
    refuse(
      'factors/kind-unit',
      `${place}/kind`,
      `a factor in ${record.unit} is called ${record.kind}`,
      'kgCO2/… goes with inventory-co2, kgCO2e/… with every other kind',
    );
  if ((unit.dimension === 'money') !== (record.kind === 'spend-based'))
    refuse(
      'factors/kind-unit',
      `${place}/kind`,
      `a factor in ${record.unit} is called ${record.kind}`,
      'a figure per currency unit is spend-based, and only such a figure is',
    );
  if (!isRegion(record.region))
    refuse(
      'factors/malformed-region',
      `${place}/region`,
      `${shown(record.region)} is not a region`,
      'write CN, CN-ZJ, CN-EAST, EU27 or GLO',
    );
  if (!/^(19|20)\d\d$/.test(record.year))
    refuse(
      'factors/malformed-period',
      `${place}/year`,
      `${shown(record.year)} is not a year`,
      'write four digits, such as 2024',
    );
  for (const key of ['document', 'supersededBy'] as const) {
    const hash = record[key];
    if (hash !== null && !ID.test(hash))
      malformed(`${place}/${key}`, 'sha256: and 64 hex digits, or null', hash);
  }
  if (
    record.makerStated !== (record.grade === 'maker-stated') &&
    !(record.makerStated && record.grade === 'second-hand')
  )
    refuse(
      'factors/label',
      `${place}/grade`,
      `makerStated is ${record.makerStated} and the grade is ${record.grade}`,
      "a maker's own figure is maker-stated or second-hand; a published one is neither called maker-stated nor makerStated",
    );
  checkSums(record, place);
  const id = text(fields, 'id', place);
  const wanted = factorId(record);
  if (id !== wanted)
    refuse(
      'factors/wrong-id',
      `${place}/id`,
      `${id.slice(0, 80)} is not the id of the other members, ${wanted}`,
      'take the record unchanged, or give the changed one its own id',
    );
  return { id, ...record };
}

/** The RFC 8785 text of a record; reading it again gives the same record. */
export const printFactor = (factor: Factor): string => canonicalize(factor);

function checkSums({ value, parts: made, gases: gas, gwp }: FactorFields, place: string): void {
  const stated = parseDecimal(value);
  if (made !== null) {
    const total = sum(
      (
        [
          'fossil',
          'biogenicNonCO2',
          'landUseChange',
          'landManagementBiogenicCO2',
          'removals',
          'aircraft',
        ] as const
      ).map((key) => parseDecimal(made[key])),
    );
    if (compare(total, stated) !== 0)
      refuse(
        'factors/parts-sum',
        `${place}/parts`,
        `the parts do not add up to the value ${value}`,
        'value = fossil + biogenicNonCO2 + landUseChange + landManagementBiogenicCO2 + removals + aircraft; landManagementFossil is already in fossil',
      );
    for (const key of PARTS) {
      const sign = compare(parseDecimal(made[key]), ZERO);
      const negative = key === 'removals' || key === 'biogenicUptake';
      if (negative ? sign > 0 : sign < 0)
        refuse(
          'factors/parts-sum',
          `${place}/parts/${key}`,
          `${key} is ${made[key]}`,
          'removals and uptake are zero or negative, every other part is zero or positive',
        );
    }
    if (compare(parseDecimal(made.landManagementFossil), parseDecimal(made.fossil)) > 0)
      refuse(
        'factors/parts-sum',
        `${place}/parts/landManagementFossil`,
        'landManagementFossil is more than fossil',
        'it is the share of fossil that comes from land management',
      );
  } else if (stated.n < 0n) {
    refuse(
      'factors/parts-sum',
      `${place}/value`,
      `${value} is below zero and no parts say why`,
      'a negative factor needs its parts, with the removals that make it so',
    );
  }
  if (
    gas !== null &&
    gwp !== 'not-stated' &&
    compare(distance(gasTotal(gas, gwp), stated), tolerance(value)) > 0
  )
    refuse(
      'factors/gases-sum',
      `${place}/gases`,
      `with the warming potentials of ${gwp} the gases do not give ${value}`,
      'kilograms of gas, not kilograms of CO2e; or the set named is another',
    );
}

const distance = (a: Rational, b: Rational): Rational => {
  const difference = add(a, { n: -b.n, d: b.d });
  return difference.n < 0n ? { n: -difference.n, d: difference.d } : difference;
};

/**
 * Publishers round the value and its three parts each: two units of the value's last place, and a hair; but never more
 * than two percent, or a value written with few digits would go with any gases.
 */
function tolerance(value: string): Rational {
  const rounding = { n: 21n, d: 10n ** BigInt((value.split('.')[1] ?? '').length + 1) };
  const share = multiply(distance(parseDecimal(value), ZERO), { n: 2n, d: 100n });
  return compare(rounding, share) < 0 ? rounding : share;
}

function parts(input: unknown, place: string): FactorParts {
  const fields = members(input, place, PARTS);
  return Object.fromEntries(
    PARTS.map((key) => [key, decimalText(fields[key], `${place}/${key}`)]),
  ) as FactorParts;
}

function gases(input: unknown, place: string): FactorGases {
  const fields = members(input, place, ['CO2', 'CH4', 'N2O']);
  const amount = (key: string): string => {
    const value = decimalText(fields[key], `${place}/${key}`);
    if (value.startsWith('-')) malformed(`${place}/${key}`, 'zero or more kilograms', value);
    return value;
  };
  return { CO2: amount('CO2'), CH4: amount('CH4'), N2O: amount('N2O') };
}

function uncertainty(input: unknown, place: string): FactorUncertainty {
  const fields = members(input, place, ['distribution', 'gsd2', 'basicVariance', 'pedigree', 'min', 'max']);
  const number = (key: string): string | null =>
    fields[key] === null ? null : decimalText(fields[key], `${place}/${key}`);
  const [gsd2, basicVariance, min, max] = ['gsd2', 'basicVariance', 'min', 'max'].map(number) as (
    | string
    | null
  )[];
  const wrong = (key: string, message: string): never =>
    refuse('factors/uncertainty', `${place}/${key}`, message, 'see docs/formats/factor.md, Uncertainty');
  if (gsd2 != null && compare(parseDecimal(gsd2), { n: 1n, d: 1n }) < 0) wrong('gsd2', `${gsd2} is below 1`);
  if (basicVariance?.startsWith('-')) wrong('basicVariance', `${basicVariance} is below zero`);
  if ((min === null) !== (max === null)) wrong('min', 'min and max go together');
  if (min != null && max != null && compare(parseDecimal(min), parseDecimal(max)) > 0)
    wrong('min', `${min} is above ${max}`);
  const distribution = oneOf(fields, 'distribution', place, ['lognormal', 'triangular', 'normal'] as const);
  if (distribution === 'triangular' && min === null) wrong('min', 'a triangle needs min and max');
  const scores = fields.pedigree;
  if (
    scores !== null &&
    (!Array.isArray(scores) ||
      scores.length !== 5 ||
      !scores.every((each) => Number.isInteger(each) && each >= 1 && each <= 5))
  )
    wrong('pedigree', `${shown(scores)} is not five scores from 1 to 5`);
  return {
    distribution,
    gsd2: gsd2 ?? null,
    basicVariance: basicVariance ?? null,
    pedigree: scores as FactorUncertainty['pedigree'],
    min: min ?? null,
    max: max ?? null,
  };
}

function period(input: unknown, place: string): Period {
  const fields = members(input, place, ['start', 'end']);
  const start = text(fields, 'start', place);
  const end = text(fields, 'end', place);
  if (!INSTANT.test(start) || !INSTANT.test(end) || start >= end)
    refuse(
      'factors/malformed-period',
      place,
      `${shown(start)} to ${shown(end)} is not a period`,
      'UTC times like 2023-12-31T16:00:00Z, start before end',
    );
  return { start, end };
}

function names(input: unknown, place: string): Names {
  const fields = members(input, place, ['zh', 'en']);
  return { zh: text(fields, 'zh', place), en: text(fields, 'en', place) };
}

function percent(fields: Fields, key: string, place: string): string {
  const value = decimalText(fields[key], `${place}/${key}`);
  if (value.startsWith('-') || compare(parseDecimal(value), { n: 100n, d: 1n }) > 0)
    malformed(`${place}/${key}`, 'a percent from 0 to 100', value);
  return value;
}

function decimalText(value: unknown, place: string): string {
  try {
    if (typeof value === 'string') {
      parseDecimal(value);
      return value;
    }
  } catch (cause) {
    if (!(cause instanceof QuantityError)) throw cause;
    throw new FactorsError(
      'factors/malformed-decimal',
      place,
      cause.message,
      'a decimal string such as "0.5777"',
      { cause },
    );
  }
  return refuse(
    'factors/malformed-decimal',
    place,
    `${shown(value)} is not a decimal string`,
    'a decimal string such as "0.5777"',
  );
}

function members(input: unknown, place: string, wanted: readonly string[]): Fields {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return malformed(place, 'an object', input);
  for (const key of Object.keys(input))
    if (!wanted.includes(key))
      refuse(
        'factors/unknown-member',
        `${place}/${pointerToken(key)}`,
        `${shown(key)} is no member here`,
        `only ${wanted.join(', ')}`,
      );
  for (const key of wanted)
    if (!Object.hasOwn(input, key))
      malformed(`${place}/${key}`, 'there; write null where nothing is known', undefined);
  return input as Fields;
}

function text(fields: Fields, key: string, place: string): string {
  const value = fields[key];
  if (typeof value !== 'string' || value.trim() === '' || value.length > MAX_TEXT || HIDDEN.test(value))
    return malformed(`${place}/${key}`, `a text of 1 to ${MAX_TEXT} characters without hidden ones`, value);
  return value;
}

const orNull = (fields: Fields, key: string, place: string): string | null =>
  fields[key] === null ? null : text(fields, key, place);

function truth(fields: Fields, key: string, place: string): boolean {
  const value = fields[key];
  return typeof value === 'boolean' ? value : malformed(`${place}/${key}`, 'true or false', value);
}

function oneOf<T extends string>(fields: Fields, key: string, place: string, allowed: readonly T[]): T {
  return (
    allowed.find((each) => each === fields[key]) ??
    malformed(`${place}/${key}`, `one of ${allowed.join(', ')}`, fields[key])
  );
}

const malformed = (place: string, wanted: string, seen: unknown): never =>
  refuse('factors/malformed-record', place, `must be ${wanted}; seen ${shown(seen)}`, `give ${wanted}`);

function refuse(code: FactorsErrorCode, place: string, message: string, remedy: string): never {
  throw new FactorsError(code, place, message, remedy);
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

/** Hourly factors as a document of their provider, signed over its canonical bytes (docs/formats/hourly.md). */
import { canonicalBytes, contentId, fromBase64url, type JsonValue } from '#lib/canonical';
import { compare, ZERO } from '#lib/quantity';
import { Shape } from './shape.ts';
import { CELL, type IntervalSeconds, type PeriodText, readInstant, readSpan } from './span.ts';

export const FACTOR_SET_FORMAT = 'anchorleaf-hourly-factors/v1';

const KINDS = ['life-cycle', 'direct', 'inventory-co2'] as const;
const UNITS = ['kgCO2e/kWh', 'gCO2e/kWh', 'kgCO2/kWh', 'gCO2/kWh'] as const;
const GWPS = ['AR4', 'AR5', 'AR6', 'not-stated'] as const;
const GRADES = ['official', 'second-hand', 'computed', 'maker-stated'] as const;
const MEMBERS = [
  'format',
  'zone',
  'kind',
  'unit',
  'gwp',
  'seconds',
  'period',
  'intervals',
  'zeroReason',
  'source',
  'licence',
  'grade',
  'provider',
  'signature',
] as const;

export interface FactorSet {
  readonly format: typeof FACTOR_SET_FORMAT;
  /** ISO 3166-1 or -2, or the region code that the factor registry uses. */
  readonly zone: string;
  readonly kind: (typeof KINDS)[number];
  readonly unit: (typeof UNITS)[number];
  readonly gwp: (typeof GWPS)[number];
  readonly seconds: '900' | '1800' | '3600';
  readonly period: PeriodText;
  /** Start in UTC and decimal value; null where the provider has none. Any order; gaps are gaps. */
  readonly intervals: readonly (readonly [string, string | null])[];
  /** Why a value of 0 can be true in this zone; null: zeros are suspicious and not used. */
  readonly zeroReason: string | null;
  readonly source: string;
  readonly licence: string;
  readonly grade: (typeof GRADES)[number];
  /** `key`: Ed25519 public key, base64url of 32 bytes; null for a set nobody signs. */
  readonly provider: { readonly name: string; readonly key: string | null };
  readonly signature: { readonly algorithm: 'Ed25519'; readonly value: string } | null;
}

const shape = new Shape('hourly/malformed-set', 'write the set as docs/formats/hourly.md shows');

/** At most four years of quarter hours, and some repeated ones. */
const MOST_INTERVALS = 150_000;

/** @throws {HourlyError} hourly/malformed-set, hourly/malformed-period */
export function readFactorSet(value: unknown): FactorSet {
  const fields = shape.object(value, '', MEMBERS);
  shape.oneOf(fields, 'format', '', [FACTOR_SET_FORMAT]);
  for (const key of ['zone', 'source', 'licence'] as const) shape.text(fields, key, '');
  if (!/^[A-Z]{2,3}(-[A-Z0-9]{1,8})?$/.test(fields.zone as string))
    shape.refuse('/zone', 'a code like GB, CN-ZJ, CN-EAST', fields.zone);
  const kind = shape.oneOf(fields, 'kind', '', KINDS);
  const unit = shape.oneOf(fields, 'unit', '', UNITS);
  shape.oneOf(fields, 'gwp', '', GWPS);
  shape.oneOf(fields, 'grade', '', GRADES);
  const seconds = Number(
    shape.oneOf(fields, 'seconds', '', ['900', '1800', '3600'] as const),
  ) as IntervalSeconds;
  if (kind === 'life-cycle' && !unit.includes('CO2e'))
    shape.refuse('/unit', 'in CO2e: a life cycle has more gases than CO2', unit);
  if (kind === 'inventory-co2' && unit.includes('CO2e'))
    shape.refuse('/unit', 'in CO2: an inventory factor counts CO2', unit);
  readSpan(fields.period as PeriodText, '/period');
  if (fields.zeroReason !== null) shape.text(fields, 'zeroReason', '');
  readProvider(fields);
  if (!Array.isArray(fields.intervals) || fields.intervals.length > MOST_INTERVALS) {
    shape.refuse('/intervals', `a list of at most ${MOST_INTERVALS}`, typeof fields.intervals);
  }
  readIntervals(fields.intervals as readonly unknown[], seconds);
  return value as FactorSet;
}

function readProvider(fields: Readonly<Record<string, unknown>>): void {
  const provider = shape.object(fields.provider, '/provider', ['name', 'key']);
  shape.text(provider, 'name', '/provider');
  if (provider.key !== null && bytesOf(provider.key, 32) === null)
    shape.refuse('/provider/key', 'null or the base64url of 32 bytes', provider.key);
  if (fields.signature === null) return;
  const signature = shape.object(fields.signature, '/signature', ['algorithm', 'value']);
  shape.oneOf(signature, 'algorithm', '/signature', ['Ed25519']);
  if (bytesOf(signature.value, 64) === null)
    shape.refuse('/signature/value', 'the base64url of 64 bytes', signature.value);
  if (provider.key === null) shape.refuse('/provider/key', 'the key that signed', null);
}

function readIntervals(intervals: readonly unknown[], seconds: IntervalSeconds): void {
  let phase: number | null = null;
  for (const [at, interval] of intervals.entries()) {
    const place = `/intervals/${at}`;
    if (!Array.isArray(interval) || interval.length !== 2)
      shape.refuse(place, 'a pair of start and value', interval);
    const [startText, value] = interval as readonly unknown[];
    const start = readInstant(startText);
    if (start === null || start % CELL !== 0)
      shape.refuse(`${place}/0`, 'a UTC time on a quarter hour', startText);
    phase ??= start! % seconds;
    if (start! % seconds !== phase)
      shape.refuse(`${place}/0`, `a whole number of ${seconds} s after the first`, startText);
    if (value === null) continue;
    if (compare(shape.decimal(value, `${place}/1`), ZERO) < 0)
      shape.refuse(`${place}/1`, 'a value not below 0', value);
  }
}

function bytesOf(value: unknown, length: number): Uint8Array | null {
  if (typeof value !== 'string') return null;
  try {
    const bytes = fromBase64url(value);
    return bytes.length === length ? bytes : null;
  } catch {
    // not base64url: the caller says where
    return null;
  }
}

/** The bytes a provider signs: RFC 8785 of every member but `signature`. The member `format` keeps them apart from other documents. */
export function factorSetBytes({ signature: _, ...signed }: FactorSet): Uint8Array {
  return canonicalBytes(signed as unknown as JsonValue);
}

export const factorSetId = (set: FactorSet): string => contentId(canonicalBytes(set as unknown as JsonValue));

/** Ed25519 (RFC 8032) comes in as an argument. */
export type VerifyEd25519 = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

/** `unknown-key`: rightly signed, by a key the caller does not hold for this provider. */
export type SetVerdict = 'valid' | 'unknown-key' | 'invalid' | 'unsigned';

/** @param keys provider name → public keys (base64url) the caller believes */
export async function checkFactorSet(
  set: FactorSet,
  verify: VerifyEd25519,
  keys: ReadonlyMap<string, readonly string[]>,
): Promise<SetVerdict> {
  const { provider, signature } = set;
  if (signature === null || provider.key === null) return 'unsigned';
  const key = bytesOf(provider.key, 32)!;
  const right = await verify(key, factorSetBytes(set), bytesOf(signature.value, 64)!);
  if (!right) return 'invalid';
  return keys.get(provider.name)?.includes(provider.key) === true ? 'valid' : 'unknown-key';
}

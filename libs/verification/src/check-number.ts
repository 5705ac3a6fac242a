// number: does the footprint follow from the disclosed inputs, digit for digit, by a known method?
// The engine is the built method file whose hash the result names, handed in by who carries it; so what runs is what was
// hashed. Withheld inputs leave the question open, and that alone is the ordinary public profile.
import {
  canonicalBytes,
  canonicalize,
  contentId,
  contentIdBytes,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  toHex,
} from '#lib/canonical';
import { hiddenPointers } from '#lib/disclosure';
import type { FootprintResult } from '#lib/footprint';
import { HIDEABLE, isWithheld, type PassportDocument } from '#lib/record';
import { leafHash, treeHash } from '#lib/transparency-log';
import { firstDifference } from './check-content.ts';
import type { OpenDocument, Parts } from './opened.ts';
import type { Root } from './root.ts';
import { invalid, unknown, type Verdict, valid } from './verdict.ts';

/** By method id, `sha256:…` of the method file. Throws what it will for an input it refuses. */
export type Engines = Readonly<Record<string, (input: never) => unknown>>;

/** What the engine never reads, put where a name is withheld: names carry no emissions. */
const WITHHELD_NAME = '–';

export type InputCount = { readonly shown: number; readonly total: number };

export function checkNumber(
  passport: PassportDocument,
  parts: Parts,
  root: Root | null,
  engines: Engines,
): Verdict {
  const { doc } = parts.footprint;
  const problem =
    checkInputs(parts) ?? checkFactors(doc.input) ?? checkPassport(passport, doc.input, doc.result as Shape);
  if (problem) return problem;

  const { method } = doc;
  // asked before anything is left out: what a method that nobody knows withholds is no ordinary public profile
  if (root !== null && !root.methods.includes(method)) return unknown('number/unknown-method', { method });
  const { shown, total } = countInputs(doc.input);
  if (shown < total)
    return unknown('number/withheld', { shown: String(shown), total: String(total) }, [
      { what: 'method', value: method },
    ]);
  const engine = Object.hasOwn(engines, method) ? engines[method] : undefined;
  if (!engine) return unknown('number/unknown-method', { method });

  let computed: JsonValue;
  try {
    computed = engine(withNames(doc.input) as never) as JsonValue;
  } catch (error) {
    // whatever the engine refuses, the recorded number does not follow from the recorded inputs
    return invalid('number/not-computable', { reason: refusalOf(error) });
  }
  const expected = withhold(computed, doc.result, hiddenPointers(doc as never, HIDEABLE['footprint/v1']));
  const pointer = firstDifference(expected, doc.result);
  const { perUnit, method: named } = expected as Shape;
  if (pointer !== null)
    return invalid('number/differs', {
      recorded: passport.footprint.number,
      recomputed: perUnit?.value ?? '–',
      pointer,
    });
  return valid(
    'number/recomputed',
    {
      value: passport.footprint.number,
      unit: passport.footprint.unit,
      method: `${named?.name} ${named?.version}`,
    },
    [
      { what: 'method', value: method },
      { what: 'inputs', value: `${total}` },
      { what: 'inputs root', value: doc.inputsRoot },
    ],
  );
}

/** Code and place of an engine's refusal; its sentence is for developers. */
function refusalOf(error: unknown): string {
  const { code, pointer } = Object(error) as { readonly code?: unknown; readonly pointer?: unknown };
  return typeof code === 'string'
    ? `${code} ${typeof pointer === 'string' ? pointer : ''}`.trim()
    : 'footprint/refused';
}

/** A result as far as it is read here, before it is known to be one. */
type Shape = { readonly [K in keyof FootprintResult]?: FootprintResult[K] };

/** Activities with a quantity, and how many of these are shown. */
export function countInputs(input: JsonObject): InputCount {
  const quantities = activitiesOf(input).map(({ quantity }) => quantity ?? null);
  const stated = quantities.filter((quantity) => quantity !== null);
  return { shown: stated.filter((quantity) => !isWithheld(quantity)).length, total: stated.length };
}

function activitiesOf({ activities }: JsonObject): readonly JsonObject[] {
  return Array.isArray(activities) ? (activities as readonly JsonValue[]).filter(isJsonObject) : [];
}

/** The lines of the input are the recorded activities: the same ones, in the same order, saying the same. */
function checkInputs({ footprint, activities }: Parts): Verdict | null {
  const { input, activities: ids, inputsRoot } = footprint.doc;
  const lines = activitiesOf(input);
  const root = toHex(treeHash(ids.map((id) => leafHash(contentIdBytes(id)))));
  const listed = lines.length === ids.length && lines.every(({ activity }, at) => activity === ids[at]);
  if (!listed || root !== inputsRoot || new Set(ids).size !== ids.length)
    return invalid('number/inputs-differ');
  for (const [at, activity] of activities.entries())
    if (!isSameActivity(lines[at]!, activity))
      return invalid('number/input-differs', { activity: String(at + 1) });
  return null;
}

function isSameActivity(line: JsonObject, { doc }: OpenDocument<'activity/v1'>): boolean {
  const supplier = isJsonObject(line.supplier) ? (line.supplier.name ?? null) : null;
  const claims: readonly (readonly [JsonValue | undefined, JsonValue])[] = [
    [line.kind, doc.kind],
    [line.item, doc.item],
    [line.line, doc.line],
    [line.name, doc.name],
    [line.period, doc.period],
    [line.state, doc.state],
    [line.grade, doc.source.grade],
    [line.quantity, doc.quantity],
    [supplier, doc.supplier?.name ?? null],
  ];
  // each copy has its own salt: a value withheld on either side cannot be compared
  return claims.every(
    ([used, recorded]) =>
      isWithheld(used) || isWithheld(recorded) || canonicalize(used ?? null) === canonicalize(recorded),
  );
}

/** A factor's id is the hash of what it says, so a changed factor is another factor. */
function checkFactors({ factors }: JsonObject): Verdict | null {
  for (const factor of Array.isArray(factors) ? (factors as readonly JsonValue[]) : []) {
    if (!isJsonObject(factor)) return invalid('number/inputs-differ');
    const { id, ...rest } = factor;
    if (id !== contentId(canonicalBytes(rest))) return invalid('number/inputs-differ');
  }
  return null;
}

/** The passport repeats the result, the result's period is the input's, and both are about this product. */
function checkPassport(passport: PassportDocument, input: JsonObject, result: Shape): Verdict | null {
  const { footprint, product } = passport;
  const stages = (Array.isArray(result.stages) ? (result.stages as readonly JsonValue[]) : []).map((each) =>
    isJsonObject(each) ? { stage: each.stage ?? null, value: each.perUnit ?? null } : null,
  );
  const claims: readonly (readonly [field: string, stated: JsonValue, recorded: unknown])[] = [
    ['number', footprint.number, result.perUnit?.value],
    ['unit', [footprint.unit, footprint.per], [result.perUnit?.unit ?? null, result.perUnit?.per ?? null]],
    ['boundary', [footprint.boundary, footprint.boundary], [result.boundary ?? null, input.boundary ?? null]],
    ['stages', footprint.stages as JsonValue, stages],
    ['shares', footprint.shares, result.shares],
    ['period', footprint.period, input.period],
    [
      'product',
      [product.id, product.declaredUnit, product.massPerUnit],
      [input.product, input.declaredUnit, input.massPerUnit],
    ],
  ];
  const wrong = claims.find(([, stated, recorded]) => canonicalize(stated) !== canonicalize(plain(recorded)));
  if (!wrong) return null;
  const [field] = wrong;
  const detail =
    field === 'number' ? { field: 'field/number', recorded: String(result.perUnit?.value) } : { field };
  return invalid('number/passport-differs', detail);
}

/** Members that are missing read as null, so that they equal nothing that is stated. */
function plain(value: unknown): JsonValue {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.map(plain) : (value as JsonValue);
}

function withNames(input: JsonObject): JsonObject {
  const activities = activitiesOf(input).map((each) =>
    isJsonObject(each.supplier) && isWithheld(each.supplier.name)
      ? { ...each, supplier: { ...each.supplier, name: WITHHELD_NAME } }
      : each,
  );
  return { ...input, activities };
}

/** The computed result with the digests of the recorded one where that one withholds a value. */
function withhold(computed: JsonValue, recorded: JsonObject, pointers: readonly string[]): JsonValue {
  return pointers
    .filter((pointer) => pointer.startsWith('/result/'))
    .reduce((value, pointer) => {
      const path = pointer.split('/').slice(2);
      return replaceAt(value, path, valueAt(recorded, path));
    }, computed);
}

/** Member names under `/result` of a footprint hold neither `~` nor `/`. */
function valueAt(value: JsonValue, path: readonly string[]): JsonValue {
  return path.reduce<JsonValue>((at, key) => (at as JsonObject)?.[key] ?? null, value);
}

function replaceAt(value: JsonValue, [key, ...rest]: readonly string[], by: JsonValue): JsonValue {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return (value as readonly JsonValue[]).map((each, at) =>
      String(at) === key ? replaceAt(each, rest, by) : each,
    );
  return isJsonObject(value) && Object.hasOwn(value, key)
    ? { ...value, [key]: replaceAt(value[key]!, rest, by) }
    : value;
}

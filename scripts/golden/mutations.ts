// Every small lie about a bundle: each JSON leaf changed, each member left out, neighbours in lists exchanged, and single
// characters of what stands packed in strings (entries, credential, checkpoint, signatures). None may ever match.
//   node --conditions=source scripts/golden/mutations.ts          judges them, every 11th of the packed ones; prints counts
//   node --conditions=source scripts/golden/mutations.ts --all    all of them, an hour or so
import { canonicalize, isJsonObject, type JsonObject, type JsonValue } from '#lib/canonical';
import { type CheckInput, check, readRoot, VerificationError } from '#lib/verification';
import { NOW } from './people.ts';
import { ENGINES, makeWorld, type World } from './world.ts';

export type Mutation = {
  readonly kind: 'leaf' | 'member' | 'order' | 'packed';
  readonly what: string;
  readonly bundle: JsonObject;
};

type Path = readonly (string | number)[];

export function* mutationsOf(bundle: JsonObject): Generator<Mutation> {
  for (const { path, value } of walk(bundle)) {
    const what = `/${path.join('/')}`;
    if (Array.isArray(value)) {
      for (let at = 1; at < value.length; at++) {
        const swapped = [...(value as readonly JsonValue[])];
        [swapped[at - 1], swapped[at]] = [swapped[at]!, swapped[at - 1]!];
        // equal neighbours exchanged are the same list
        if (canonicalize(swapped) !== canonicalize(value))
          yield { kind: 'order', what: `${what}/${at}`, bundle: replaced(bundle, path, swapped) };
      }
    } else if (!isJsonObject(value)) {
      yield { kind: 'leaf', what, bundle: replaced(bundle, path, changed(value)) };
      if (typeof value === 'string' && value.length > 40)
        for (let at = 0; at < value.length; at++) {
          const text = value.slice(0, at) + otherCharacter(value[at]!) + value.slice(at + 1);
          yield { kind: 'packed', what: `${what}@${at}`, bundle: replaced(bundle, path, text) };
        }
    }
    if (path.length > 0) yield { kind: 'member', what, bundle: replaced(bundle, path, undefined) };
  }
}

function* walk(value: JsonValue, path: Path = []): Generator<{ path: Path; value: JsonValue }> {
  yield { path, value };
  if (Array.isArray(value))
    for (const [at, each] of (value as readonly JsonValue[]).entries()) yield* walk(each, [...path, at]);
  else if (isJsonObject(value))
    for (const [key, each] of Object.entries(value)) yield* walk(each, [...path, key]);
}

function changed(value: JsonValue): JsonValue {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return 'x';
  if (/^\d+$/.test(value)) return String(BigInt(value) + 1n);
  return value === '' ? 'x' : value.slice(0, -1) + otherCharacter(value.at(-1)!);
}

/** Another of the same kind, so that the form stays right and only the meaning is wrong. */
function otherCharacter(character: string): string {
  if (/[0-8a-eA-EG-Yg-y]/.test(character)) return String.fromCharCode(character.charCodeAt(0) + 1);
  return character === 'A' ? 'B' : /[9fF]/.test(character) ? '8' : 'A';
}

/** A copy with the value at the path replaced; undefined takes it out. */
function replaced(value: JsonValue, path: Path, by: JsonValue | undefined): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return by as JsonObject;
  const copy = Array.isArray(value)
    ? [...(value as JsonValue[])]
    : { ...(value as Record<string, JsonValue>) };
  const target = copy as Record<string | number, JsonValue>;
  if (rest.length > 0) target[key] = replaced(target[key]!, rest, by);
  else if (by !== undefined) target[key] = by;
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete target[key];
  return copy as never as JsonObject;
}

/** The headline of a mutated bundle, or the code of its refusal. */
export async function headlineUnder(
  world: World,
  bundle: JsonObject,
  options: Partial<CheckInput> = {},
): Promise<string> {
  try {
    const report = await check({
      bundle,
      root: readRoot(world.root),
      code: null,
      now: NOW,
      engines: ENGINES,
      rpc: world.rpc,
      endpoints: [],
      recordHosts: [],
      pinned: [],
      operatorPage: null,
      ...options,
    });
    return report.headline;
  } catch (error) {
    if (error instanceof VerificationError) return error.code;
    throw error;
  }
}

if (import.meta.main) {
  const counts: Record<string, number> = {};
  let wrong = 0;
  let packed = 0;
  const every = process.argv.includes('--all') ? 1 : 11;
  for (const changes of [{}, { covered: false, item: false, withhold: true }]) {
    const world = await makeWorld(changes);
    const code = String(world.json.code);
    for (const { kind, what, bundle } of mutationsOf(world.json)) {
      if (kind === 'packed' && packed++ % every !== 0) continue;
      const headline = await headlineUnder(world, bundle, { code });
      counts[`${kind} ${headline}`] = (counts[`${kind} ${headline}`] ?? 0) + 1;
      if (headline === 'matches') {
        wrong++;
        console.error(`matches although changed: ${kind} ${what}`);
      }
    }
  }
  console.table(counts);
  console.log(`${Object.values(counts).reduce((a, b) => a + b, 0)} mutations, ${wrong} of them matched`);
  process.exit(wrong === 0 ? 0 : 1);
}

// Reading stored documents for display. The store may have been changed by anybody who reached it, so nothing about a
// text is taken for granted here: what is missing or of another type is shown as a dash, and the checker judges.
import { isJsonObject, type JsonObject, type JsonValue } from '#lib/canonical';

/** The value at a path of member names and positions, or undefined. */
export function valueAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): JsonValue | undefined {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at) && typeof step === 'number') at = at[step];
    else if (isJsonObject(at) && typeof step === 'string' && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

/** Text, also of a number; anything else is a dash. */
export function textAt(value: JsonValue | undefined, ...path: readonly (string | number)[]): string {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '–';
}

export function listAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): readonly JsonValue[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function objectAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): JsonObject | null {
  const found = valueAt(value, ...path);
  return isJsonObject(found) ? found : null;
}

/** Names in two languages, those that are text. */
export function namesAt(
  value: JsonValue | undefined,
  ...path: readonly (string | number)[]
): { zh?: string; en?: string } {
  const found = objectAt(value, ...path);
  const { zh, en } = found ?? {};
  return { ...(typeof zh === 'string' && { zh }), ...(typeof en === 'string' && { en }) };
}

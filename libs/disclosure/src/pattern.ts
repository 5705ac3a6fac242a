// Patterns name values inside a document: a JSON pointer (RFC 6901) in which `*` stands for any one token.
import { isJsonObject, type JsonArray, type JsonValue, pointerToken } from '#lib/canonical';

/**
 * A copy of the document in which each value that a pattern names is what `visit` made of it. Parts without
 * such a value are the same objects as before. A value below a named one is not visited.
 */
export function mapNamed(
  doc: JsonValue,
  patterns: readonly string[],
  visit: (pointer: string, value: JsonValue) => JsonValue,
): JsonValue {
  const paths = patterns.map((pattern) => pattern.split('/').slice(1));
  return walk(doc, '', paths, visit);
}

function walk(
  value: JsonValue,
  pointer: string,
  paths: readonly (readonly string[])[],
  visit: (pointer: string, value: JsonValue) => JsonValue,
): JsonValue {
  if (paths.some((path) => path.length === 0)) return visit(pointer, value);
  const step = (key: string | number, member: JsonValue): JsonValue => {
    const token = pointerToken(key);
    const below = paths.filter(([head]) => head === '*' || head === token).map((path) => path.slice(1));
    return below.length === 0 ? member : walk(member, `${pointer}/${token}`, below, visit);
  };
  // Array.isArray alone does not narrow a readonly array
  if (Array.isArray(value)) return (value as JsonArray).map((item, i) => step(i, item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, step(key, member)]));
}

/** Positions of the items that share a key, in the order of their first member. */
export function bySeries<T>(
  items: readonly T[],
  keyOf: (item: T) => string | null,
): readonly (readonly number[])[] {
  const series = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    if (key === null) continue;
    const members = series.get(key);
    if (members === undefined) series.set(key, [index]);
    else members.push(index);
  }
  return [...series.values()];
}

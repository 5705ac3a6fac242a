/** Order of production processes in which every internal precursor comes before what is made of it. */
import { CbamError } from './errors.ts';

export interface Node {
  readonly id: string;
  readonly needs: readonly { readonly id: string; readonly place: string }[];
}

/** @throws {CbamError} cbam/precursor-cycle with the edge that closes the circle */
export function inOrder<T extends Node>(nodes: readonly T[]): readonly T[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const done = new Set<string>();
  const ordered: T[] = [];
  for (const start of nodes) {
    // A stack of our own: a chain of processes may be longer than the engine's.
    const path: { node: T; next: number }[] = [{ node: start, next: 0 }];
    const open = new Set([start.id]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const need = done.has(top.node.id) ? undefined : top.node.needs[top.next];
      if (need === undefined) {
        if (!done.has(top.node.id)) ordered.push(top.node);
        done.add(top.node.id);
        open.delete(top.node.id);
        path.pop();
        continue;
      }
      top.next += 1;
      if (open.has(need.id))
        throw cycle(
          path.map(({ node }) => node.id),
          need,
        );
      const node = byId.get(need.id);
      if (node === undefined || done.has(need.id)) continue;
      open.add(need.id);
      path.push({ node, next: 0 });
    }
  }
  return ordered;
}

function cycle(path: readonly string[], need: { readonly id: string; readonly place: string }): CbamError {
  const circle = [...path.slice(path.indexOf(need.id)), need.id].join(' → ');
  return new CbamError(
    'cbam/precursor-cycle',
    need.place,
    `the processes ${circle} are precursors of each other`,
    'take them together as one process (bubble), or leave out the smaller of the two flows and say so',
  );
}

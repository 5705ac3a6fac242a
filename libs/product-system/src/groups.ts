/**
 * Strongly connected groups of the network, after Tarjan (SIAM J. Comput. 1, 1972), without recursion: a chain of
 * 100,000 processes must not exhaust a browser's stack.
 */
import type { Node } from './network.ts';

/** Groups that `from` reaches, each before the groups that supply it. */
export function findGroups(nodes: readonly Node[], from: number): number[][] {
  const order = new Int32Array(nodes.length).fill(-1);
  const low = new Int32Array(nodes.length);
  const next = new Int32Array(nodes.length);
  const open = new Uint8Array(nodes.length);
  const pending: number[] = [];
  const path: number[] = [from];
  const groups: number[][] = [];
  let count = 0;
  while (path.length > 0) {
    const at = path[path.length - 1] as number;
    if (order[at] === -1) {
      order[at] = low[at] = count++;
      pending.push(at);
      open[at] = 1;
    }
    const edge = (nodes[at] as Node).edges[next[at] as number];
    if (edge !== undefined) {
      next[at] = (next[at] as number) + 1;
      if (order[edge.to] === -1) path.push(edge.to);
      else if (open[edge.to] === 1) low[at] = Math.min(low[at] as number, order[edge.to] as number);
      continue;
    }
    path.pop();
    const above = path[path.length - 1];
    if (above !== undefined) low[above] = Math.min(low[above] as number, low[at] as number);
    if (low[at] === order[at]) {
      const group = pending.splice(pending.lastIndexOf(at));
      for (const member of group) open[member] = 0;
      groups.push(group);
    }
  }
  // Tarjan closes suppliers first; demand flows the other way.
  return groups.reverse();
}

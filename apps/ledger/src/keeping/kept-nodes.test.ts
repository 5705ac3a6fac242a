// The same tree in the form before the migration NodeRuns and in the one after it: a backup of either is checked alike.

import { toHex, utf8 } from '#lib/canonical';
import { appendLeaf, emptyFrontier, leafHash } from '#lib/transparency-log';
import type { Row } from './copy-rows.ts';
import { KeptNodes } from './kept-nodes.ts';
import type { RowSource } from './snapshot.ts';

const SIZE = 37;
type Node = { readonly level: number; readonly index: bigint; readonly hash: Uint8Array };

/** All nodes, in the order in which a tree that grows completes them. */
function nodesOf(size: number): Node[] {
  const nodes: Node[] = [];
  let frontier = emptyFrontier();
  for (let n = 0; n < size; n++) {
    const grown = appendLeaf(frontier, leafHash(utf8(String(n))));
    nodes.push(...grown.completed);
    frontier = grown.frontier;
  }
  return nodes;
}

const sourceOf = (table: string, columns: string[], rows: readonly Row[]): RowSource => ({
  tables: [{ name: table, columns }],
  rows: async function* (name: string) {
    if (name === table) yield* rows;
  },
});
const rowOf = ({ level, index, hash }: Node): Row => [String(level), String(index), `\\x${toHex(hash)}`];

async function problemsOf(source: RowSource): Promise<string[]> {
  const problems: string[] = [];
  const kept = new KeptNodes(source, (kind, where, problem) => problems.push(`${kind} ${where}: ${problem}`));
  for (const { level, index, hash } of nodesOf(SIZE)) {
    const found = await kept.take(level, index);
    if (found && !found.equals(hash)) problems.push(`${level}/${index} differs`);
  }
  await kept.refuseRest();
  await kept.close();
  return problems;
}

describe.each([
  ['a row a hash', 'log_node', ['level', 'index', 'hash']],
  ['a row a run', 'log_node_run', ['level', 'first', 'hashes']],
])('%s', (_, table, columns) => {
  const rows = nodesOf(SIZE).map(rowOf);

  test('fits', async () => {
    expect(await problemsOf(sourceOf(table, columns, rows))).toEqual([]);
  });

  test('a hash that is gone, and one too many', async () => {
    const without = rows.filter(([level, index]) => `${level}/${index}` !== '2/3');
    expect(await problemsOf(sourceOf(table, columns, without))).toEqual(['node 2/3: it is missing']);
    const more = [...rows, ['0', String(SIZE), `\\x${'ab'.repeat(32)}`]];
    expect(await problemsOf(sourceOf(table, columns, more))).toEqual([
      `node 0/${SIZE}: a tree of these entries has no such node`,
    ]);
  });
});

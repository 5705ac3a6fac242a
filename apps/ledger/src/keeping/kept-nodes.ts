// The hashes of the tree as they are kept, in the order in which a tree that grows completes them. Runs come ordered by
// the leaf that completes their first node; at most one run a level is open, so memory holds one batch.
import { readBytea } from './copy-rows.ts';
import { Cursor } from './cursor.ts';
import type { Found } from './finding.ts';
import type { RowSource } from './snapshot.ts';

type Run = { readonly first: bigint; readonly hashes: Buffer; taken: number };

/** The leaf count at which a node is complete. */
const endOf = (level: number, index: bigint) => (index + 1n) << BigInt(level);

export class KeptNodes {
  private readonly open = new Map<number, Run>();
  private readonly cursor: Cursor;

  constructor(
    source: RowSource,
    private readonly found: Found,
  ) {
    // a backup, or a database whose service was not started since, from before the migration NodeRuns: a row a hash
    const hasRuns = source.tables.some(({ name }) => name === 'log_node_run');
    this.cursor = new Cursor(source, hasRuns ? 'log_node_run' : 'log_node');
  }

  /** The kept hash of this node; null, and said, when it is not there. Nodes are asked for as a growing tree makes them. */
  async take(level: number, index: bigint): Promise<Buffer | null> {
    await this.load(level, index);
    const run = this.open.get(level);
    if (run && run.first + BigInt(run.taken) === index) {
      const hash = run.hashes.subarray(32 * run.taken, 32 * run.taken + 32);
      run.taken += 1;
      if (32 * run.taken === run.hashes.length) this.open.delete(level);
      return hash;
    }
    this.found('node', `${level}/${index}`, 'it is missing');
    return null;
  }

  /** What nobody asked for stands on entries that are not there. */
  async refuseRest(): Promise<void> {
    for (const level of [...this.open.keys()].sort((a, b) => a - b)) this.drop(level);
    for (let row = await this.cursor.take(); row; row = await this.cursor.take()) {
      const level = Number(row.level);
      this.open.set(level, readRun(row));
      this.drop(level);
    }
  }

  close(): Promise<void> {
    return this.cursor.close();
  }

  /** Opens the runs that begin up to this node, in post-order. */
  private async load(level: number, index: bigint): Promise<void> {
    const wanted = endOf(level, index);
    for (let row = await this.cursor.peek(); row; row = await this.cursor.peek()) {
      const end = endOf(Number(row.level), readRun(row).first);
      if (end > wanted || (end === wanted && Number(row.level) > level)) return;
      this.drop(Number(row.level));
      this.open.set(Number(row.level), readRun(row));
      await this.cursor.take();
    }
  }

  private drop(level: number): void {
    const run = this.open.get(level);
    if (!run) return;
    this.open.delete(level);
    for (let at = run.taken; 32 * at < run.hashes.length; at++)
      this.found('node', `${level}/${run.first + BigInt(at)}`, 'a tree of these entries has no such node');
  }
}

function readRun({ first, hashes, index, hash }: Readonly<Record<string, string | null>>): Run {
  return { first: BigInt(first ?? index ?? 0), hashes: readBytea(hashes ?? hash), taken: 0 };
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  consistencyPlan,
  encodeEntryTile,
  inclusionPlan,
  type ProofPlan,
  runPlan,
  type Tile,
  tileNodes,
} from '#lib/transparency-log';
import { readLevel, readNodes } from './log-store.ts';

export type LogHead = {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** The signed note, C2SP tlog-checkpoint. */
  readonly checkpoint: string;
};

export type RecordedEntry = {
  readonly index: bigint;
  readonly leafHash: Uint8Array;
  readonly bytes: Uint8Array;
};

type EntryRow = { index: string; leaf_hash: Buffer; bytes: Buffer };
const ENTRY = 'select index, leaf_hash, bytes from log_entry';

/** Reads of the log: entries, proofs, heads. All of it is true for ever but the head. */
@Injectable()
export class ProofsService {
  constructor(private readonly database: DataSource) {}

  /** The newest published head; null while the log is empty. */
  async head(): Promise<LogHead | null> {
    const [row] = (await this.database.query(
      'select size, root, note from log_checkpoint order by size desc limit 1',
    )) as {
      size: string;
      root: Buffer;
      note: string;
    }[];
    return row ? { size: BigInt(row.size), root: new Uint8Array(row.root), checkpoint: row.note } : null;
  }

  /** Sibling hashes, leaf to root. Needs index < size ≤ size of the head. @throws LogError */
  inclusion(index: bigint, size: bigint): Promise<Uint8Array[]> {
    return this.prove(inclusionPlan(index, size));
  }

  /** Inclusion proofs of many entries in one read, in this order. Each needs index < size ≤ size of the head. */
  async inclusions(indexes: readonly bigint[], size: bigint): Promise<Uint8Array[][]> {
    const plans = indexes.map((index) => inclusionPlan(index, size));
    // proofs share most of their nodes
    const nodes = new Map(plans.flat(2).map((node) => [`${node.level}/${node.index}`, node]));
    const hashes = await readNodes(this.database, [...nodes.values()]);
    const byName = new Map([...nodes.keys()].map((name, at) => [name, hashes[at] as Uint8Array]));
    return plans.map((plan) =>
      runPlan(
        plan,
        plan.flat().map(({ level, index }) => byName.get(`${level}/${index}`) as Uint8Array),
      ),
    );
  }

  /** Needs 0 < from ≤ to ≤ size of the head. @throws LogError */
  consistency(from: bigint, to: bigint): Promise<Uint8Array[]> {
    return this.prove(consistencyPlan(from, to));
  }

  async entry(index: bigint): Promise<RecordedEntry | null> {
    const rows = (await this.database.query(`${ENTRY} where index = $1`, [index])) as EntryRow[];
    return rows[0] ? readRow(rows[0]) : null;
  }

  async entryByLeaf(leafHash: Uint8Array): Promise<RecordedEntry | null> {
    const rows = (await this.database.query(`${ENTRY} where leaf_hash = $1`, [
      Buffer.from(leafHash),
    ])) as EntryRow[];
    return rows[0] ? readRow(rows[0]) : null;
  }

  /**
   * The first entry about each of these contents (`sha256:…`), in log order. A later one is somebody's who learned the
   * hash from the log: anyone may name what is public, and that must change nothing about the first.
   */
  async entriesByContent(contents: readonly string[]): Promise<RecordedEntry[]> {
    const rows = (await this.database.query(
      `select * from (select distinct on (content) index, leaf_hash, bytes from log_entry
         where content = any($1::text[]) order by content, index) first order by index`,
      [contents],
    )) as EntryRow[];
    return rows.map(readRow);
  }

  /** The hashes or entries of a tile, as C2SP tlog-tiles lays them out; null when the log has not grown that far. */
  async tile(tile: Tile): Promise<Buffer | null> {
    if (tile.level === 'entries') {
      const first = 256n * tile.index;
      const rows = (await this.database.query(`${ENTRY} where index >= $1 and index < $2 order by index`, [
        first,
        first + BigInt(tile.width),
      ])) as EntryRow[];
      return rows.length === tile.width
        ? Buffer.from(encodeEntryTile(rows.map(({ bytes }) => new Uint8Array(bytes))))
        : null;
    }
    const [node] = tileNodes(tile);
    return node
      ? readLevel(this.database, { level: node.level, first: node.index, count: tile.width })
      : null;
  }

  private async prove(plan: ProofPlan): Promise<Uint8Array[]> {
    return runPlan(plan, await readNodes(this.database, plan.flat()));
  }
}

function readRow({ index, leaf_hash, bytes }: EntryRow): RecordedEntry {
  return { index: BigInt(index), leafHash: new Uint8Array(leaf_hash), bytes: new Uint8Array(bytes) };
}

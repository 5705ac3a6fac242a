// The built service as a process of its own, on a database and a chain that outlive it, with lines to both that can be
// made to fail; and a stranger's view of it, who knows the log's key and believes nothing else.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBase64, toHex } from '#lib/canonical';
import {
  checkConsistency,
  checkInclusion,
  decodeEntryTile,
  decodeTile,
  leafHash,
  openCheckpoint,
  parseLogProof,
  parseVerifierKey,
  type Tile,
  tileNodes,
  tilePath,
  treeHash,
  type VerifierKey,
} from '#lib/transparency-log';
import { startPostgres } from '../../apps/ledger/src/database/embedded-postgres.ts';
import { startTestChain } from './chain.ts';
import { type FaultyLine, startPostgresProxy, startRpcProxy } from './fault-proxies.ts';
import { makeTestFolder } from './folder.ts';
import { deployTo } from './sending-service.ts';
import { type Organisation, PUBLIC_URL } from './service.ts';
import { environment, freePort, type ServiceProcess, startService } from './service-process.ts';

export type Head = { readonly size: bigint; readonly root: Uint8Array };
type Answer = { readonly status: number; readonly body: any };

/** Every request ends, one way or the other: null when nobody answered. */
async function ask(url: string, init: RequestInit = {}): Promise<Response | null> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  } catch {
    return null;
  }
}

export class LedgerUnderTest {
  private constructor(
    readonly dataDir: string,
    readonly url: string,
    readonly database: FaultyLine,
    readonly chain: FaultyLine,
    private readonly startAgain: (ready: boolean) => Promise<ServiceProcess>,
    private readonly server: { pid(): number; url(): string; restart(): Promise<void> },
    private readonly closers: (() => Promise<void>)[],
  ) {}

  private process: ServiceProcess | null = null;
  private key: VerifierKey | null = null;

  /** Database, chain and a data folder with the contracts deployed; the service is not started yet. */
  static async prepare(): Promise<LedgerUnderTest> {
    const [postgresFolder, chain] = await Promise.all([makeTestFolder('faults-postgres'), startTestChain()]);
    // with fsync, as in production
    const open = () => startPostgres({ dataDir: postgresFolder.path, log: () => undefined });
    let postgres = await open();
    const { folder } = await deployTo(chain.url, chain.operator);
    const database = await startPostgresProxy(() => postgres.url);
    const rpc = await startRpcProxy(chain.url);
    const port = await freePort();
    const env = {
      ...environment(folder.path, port),
      PUBLIC_URL,
      DATABASE_URL: database.url,
      CHAIN_RPC_URL: rpc.url,
      ANCHORLEAF_ANCHOR_SECONDS: '0',
    };
    const server = {
      pid: () => postgres.pid,
      url: () => postgres.url,
      restart: async () => {
        postgres = await open();
      },
    };
    return new LedgerUnderTest(
      folder.path,
      `http://localhost:${port}`,
      database,
      rpc,
      (ready) => startService(folder.path, port, env, ready ? '/health/ready' : '/health/live'),
      server,
      [
        () => database.stop(),
        () => rpc.stop(),
        () => postgres.stop(),
        () => chain.stop(),
        () => postgresFolder.remove(),
        () => folder.remove(),
      ],
    );
  }

  get isRunning(): boolean {
    return (
      this.process !== null && this.process.child.exitCode === null && this.process.child.signalCode === null
    );
  }

  /** The database past the proxy, and its postmaster. */
  get postgres(): { pid(): number; url(): string; restart(): Promise<void> } {
    return this.server;
  }

  /** Waits until it is ready to write; without `ready`, until it answers. */
  async start({ ready = true } = {}): Promise<void> {
    this.process = await this.startAgain(ready);
    this.key ??= parseVerifierKey(
      JSON.parse(await readFile(join(this.dataDir, 'root.json'), 'utf8')).log.key,
    );
  }

  /** At once, without waiting. */
  signal(signal: NodeJS.Signals): void {
    this.process?.child.kill(signal);
  }

  async kill(): Promise<void> {
    await this.process?.kill();
  }

  async stop(): Promise<void> {
    await this.kill();
    for (const close of this.closers) await close();
  }

  /** Posts and gives status and body; null when nobody answered, so that nobody knows. */
  async post(path: string, body: string, headers: Record<string, string>): Promise<Answer | null> {
    const response = await ask(`${this.url}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    const text = await response?.text().catch(() => null);
    if (!response || text == null) return null;
    return { status: response.status, body: JSON.parse(text) };
  }

  /** The same request until it is answered with success: what every client does. */
  async postUntilDone(path: string, body: string, headers: Record<string, string>): Promise<any> {
    for (let waited = 0; waited < 60_000; waited += 100) {
      const answer = await this.post(path, body, headers);
      if (answer && answer.status < 300) return answer.body;
      if (answer && answer.status < 500 && answer.status !== 429)
        throw new Error(`refused: ${JSON.stringify(answer.body)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('nothing was recorded within a minute');
  }

  async enrol(slug: string): Promise<Organisation> {
    const { apiKey } = JSON.parse(await readFile(join(this.dataDir, 'keys/operator.key.json'), 'utf8'));
    const body = { slug, role: 'exporter', names: { en: slug }, country: 'CN' };
    const headers = { authorization: `Bearer ${apiKey}`, 'idempotency-key': slug };
    return this.postUntilDone('/api/v1/organisations', JSON.stringify(body), headers);
  }

  // what a stranger reads, and checks

  async bytes(path: string): Promise<Uint8Array | null> {
    const response = await ask(`${this.url}${path}`);
    if (!response?.ok) return null;
    const body = await response.arrayBuffer().catch(() => null);
    return body && new Uint8Array(body);
  }

  async text(path: string): Promise<string | null> {
    const bytes = await this.bytes(path);
    return bytes && new TextDecoder().decode(bytes);
  }

  /** The newest head, its signature checked; null when nobody answered or the log is empty. */
  async head(): Promise<Head | null> {
    const note = await this.text('/log/checkpoint');
    return note === null ? null : openCheckpoint(note, this.logKey);
  }

  get logKey(): VerifierKey {
    if (!this.key) throw new Error('the service was never started');
    return this.key;
  }

  /** Does the newer head extend the older? Null when nobody answered. */
  async extends(older: Head, newer: Head): Promise<boolean | null> {
    if (older.size === newer.size) return toHex(older.root) === toHex(newer.root);
    const text = await this.text(`/log/consistency?from=${older.size}&to=${newer.size}`);
    if (text === null) return null;
    const proof = (JSON.parse(text).proof as string[]).map(fromBase64);
    const { size: size1, root: root1 } = older;
    return checkConsistency({ size1, root1, size2: newer.size, root2: newer.root, proof });
  }

  /** Is entry `index` proved by what the service serves? Null when nobody answered. */
  async proves(index: bigint, entry?: Uint8Array): Promise<boolean | null> {
    const served = entry ?? (await this.bytes(`/log/entries/${index}`));
    const text = served && (await this.text(`/log/entries/${index}/proof`));
    if (!served || text === null) return null;
    const { proof, checkpoint, index: stated } = parseLogProof(text);
    const { size, root } = openCheckpoint(checkpoint, this.logKey);
    return stated === index && checkInclusion({ leafHash: leafHash(served), index, size, proof, root });
  }

  /** All entries from the tiles; the tree is computed anew, and so is every hash that a tile serves. */
  async readAll(): Promise<{ head: Head; entries: readonly Uint8Array[]; leaves: readonly Uint8Array[] }> {
    const head = await this.head();
    if (!head) throw new Error('the log has no head');
    const tiles = tilesOf(head.size);
    const parts = await Promise.all(
      tiles
        .filter(({ level }) => level === 0)
        .map(async (tile) => {
          const bytes = await this.tile({ ...tile, level: 'entries' });
          return decodeEntryTile(bytes, tile.width);
        }),
    );
    const entries = parts.flat();
    const leaves = entries.map(leafHash);
    expect(toHex(treeHash(leaves))).toBe(toHex(head.root));
    for (const tile of tiles) {
      const hashes = decodeTile(await this.tile(tile), tile.width);
      for (const [at, { level, index }] of tileNodes(tile).entries()) {
        const [lo, hi] = [Number(index << BigInt(level)), Number((index + 1n) << BigInt(level))];
        expect(toHex(hashes[at] as Uint8Array)).toBe(toHex(treeHash(leaves.slice(lo, hi))));
      }
    }
    return { head, entries, leaves };
  }

  private async tile(tile: Tile): Promise<Uint8Array> {
    const bytes = await this.bytes(`/log/${tilePath(tile)}`);
    if (!bytes) throw new Error(`no tile ${tilePath(tile)}`);
    return bytes;
  }
}

/** Every tile of hashes of a log of this size. */
function tilesOf(size: bigint): (Tile & { level: number })[] {
  const tiles: (Tile & { level: number })[] = [];
  for (let level = 0, count = Number(size); count > 0; level++, count = Math.floor(count / 256))
    for (let index = 0; index * 256 < count; index++)
      tiles.push({ level, index: BigInt(index), width: Math.min(256, count - index * 256) });
  return tiles;
}

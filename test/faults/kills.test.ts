// 200 kills at random moments while writers write and readers check. The service is the built one, a whole process each
// time; in every tenth case its Postgres is killed with it or alone. What was acknowledged must be there at its place, no
// entry may stand twice, and no reader may ever be given a proof that does not hold.
import { jest } from '@jest/globals';
import { toHex } from '#lib/canonical';
import {
  appendLeaf,
  checkInclusion,
  emptyFrontier,
  frontierRoot,
  leafHash,
  openCheckpoint,
} from '#lib/transparency-log';
import { entryOf } from '../support/entries.ts';
import { type Head, LedgerUnderTest } from '../support/ledger-under-test.ts';
import type { Organisation } from '../support/service.ts';

const KILLS = Number(process.env.KILLS ?? 200);
const POSTGRES_EVERY = 10;
const WRITERS = 6;
const LONGEST_LIFE_MS = 600;
jest.setTimeout(20 * 60_000);

let ledger: LedgerUnderTest;
let exporter: Organisation;
const acknowledged = new Map<string, bigint>();
let posted = 0;
let wrongProofs = 0;
let checkedProofs = 0;
let isOver = false;
/** Heads that readers were given and believed; each must be a head of the one tree in the end. */
const heads: Head[] = [];

beforeAll(async () => {
  ledger = await LedgerUnderTest.prepare();
  await ledger.start();
  exporter = await ledger.enrol('kills');
});
afterAll(() => ledger?.stop());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One entry after the other, each until it is acknowledged: a retry sends the same bytes. */
async function write(writer: number): Promise<void> {
  for (let n = 0; !isOver; n++) {
    const entry = entryOf(exporter.did, `writer ${writer} entry ${n}`);
    const body = Buffer.from(entry).toString('utf8');
    posted++;
    for (;;) {
      const answer = await ledger.post('/api/v1/entries', body, {
        authorization: `Bearer ${exporter.apiKey}`,
      });
      if (answer && answer.status < 300) {
        note(entry, answer.body);
        break;
      }
      if (answer && answer.status < 500 && answer.status !== 429)
        throw new Error(`refused: ${JSON.stringify(answer.body)}`);
      if (isOver) return;
      await pause(20);
    }
  }
}

/** An answer is a promise: place, proof and signed head are checked at once. */
function note(entry: Uint8Array, answer: any): void {
  const hash = leafHash(entry);
  const [{ index, proof }] = answer.entries;
  const { size, root } = openCheckpoint(answer.checkpoint, ledger.logKey);
  const hashes = proof.map((text: string) => new Uint8Array(Buffer.from(text, 'base64')));
  judge(checkInclusion({ leafHash: hash, index: BigInt(index), size, proof: hashes, root }));
  heads.push({ size, root });
  const before = acknowledged.get(toHex(hash));
  if (before !== undefined && before !== BigInt(index)) wrongProofs++;
  acknowledged.set(toHex(hash), BigInt(index));
}

/** Null: nobody answered, which says nothing. */
function judge(holds: boolean | null): void {
  if (holds === null) return;
  checkedProofs++;
  if (!holds) wrongProofs++;
}

/** Follows the log: each head extends the last one seen, and a random entry is in it. */
async function read(): Promise<void> {
  let seen: Head | null = null;
  while (!isOver) {
    const head: Head | null = await ledger.head();
    if (head && seen) judge(head.size < seen.size ? false : await ledger.extends(seen, head));
    if (head) {
      seen = head;
      heads.push(head);
      judge(await ledger.proves(BigInt(Math.floor(Math.random() * Number(head.size)))));
    }
    await pause(10);
  }
}

/** How many of the heads that were given out are no head of this tree. */
function strangersAmong(leaves: readonly Uint8Array[]): number {
  const roots = new Map<bigint, Set<string>>();
  for (const { size, root } of heads) roots.set(size, (roots.get(size) ?? new Set()).add(toHex(root)));
  let strangers = 0;
  let frontier = emptyFrontier();
  for (const leaf of leaves) {
    frontier = appendLeaf(frontier, leaf).frontier;
    const given = roots.get(frontier.size);
    roots.delete(frontier.size);
    const right = given && toHex(frontierRoot(frontier));
    for (const root of given ?? []) if (root !== right) strangers++;
  }
  // heads of sizes that this tree never had
  return strangers + roots.size;
}

function killPostgres(): void {
  process.kill(ledger.postgres.pid(), 'SIGKILL');
}

test(`${KILLS} kills: nothing acknowledged is lost, nothing is doubled, no proof is wrong`, async () => {
  const workers = [...Array.from({ length: WRITERS }, (_, writer) => write(writer)), read(), read()];
  // a worker that fails ends the test, not only itself
  const failed = Promise.all(workers).then(() => new Promise<never>(() => undefined));
  let killed = 0;
  let postgresKilled = 0;
  const startMs: number[] = [];
  const kill = async () => {
    await pause(Math.random() * LONGEST_LIFE_MS);
    const withPostgres = killed % POSTGRES_EVERY === POSTGRES_EVERY - 1;
    if (withPostgres) killPostgres();
    await ledger.kill();
    killed++;
    if (withPostgres) {
      postgresKilled++;
      await ledger.postgres.restart();
    }
    const begun = performance.now();
    await ledger.start();
    startMs.push(performance.now() - begun);
  };
  while (killed < KILLS) await Promise.race([kill(), failed]);
  isOver = true;
  await Promise.all(workers);

  const { entries, leaves } = await ledger.readAll();
  const names = leaves.map(toHex);
  const doubled = names.length - new Set(names).size;
  const lost = [...acknowledged].filter(([leaf, index]) => names[Number(index)] !== leaf).length;
  const strangers = strangersAmong(leaves);
  startMs.sort((a, b) => a - b);
  console.log(
    [
      `counted: ${killed} kills, ${acknowledged.size} acknowledged, ${lost} lost, ${doubled} doubled, ${wrongProofs} wrong proofs`,
      `counted: ${checkedProofs} proofs checked by readers and writers, ${posted} entries posted, ${entries.length} in the log, ${postgresKilled} times Postgres killed too`,
      `counted: a start took ${Math.round(startMs[Math.floor(startMs.length / 2)] ?? 0)} ms (median)`,
    ].join('\n'),
  );
  expect({ lost, doubled, wrongProofs, strangers }).toEqual({
    lost: 0,
    doubled: 0,
    wrongProofs: 0,
    strangers: 0,
  });
  expect(killed).toBe(KILLS);
  expect(acknowledged.size).toBeGreaterThan(KILLS);
});

// The crash table: every write of a batch and of its anchor × {lost, done but unheard} × {process killed, connection
// dropped}. Each case arms one write of the running service, makes it happen, and then asks as a stranger would: is all
// that was acknowledged there, is nothing there twice, is the tree one, and is there one anchor for each head.
//
// Signing writes nothing, so "killed while signing" is "the batch's write is lost": the signature goes with the process.
// Entries, nodes, tiles (which are read from the nodes), checkpoint and head are one statement, hence one row.
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { toHex } from '#lib/canonical';
import { leafHash, treeHash } from '#lib/transparency-log';
import { entryOf } from '../support/entries.ts';
import type { Loss } from '../support/fault-proxies.ts';
import { type Head, LedgerUnderTest } from '../support/ledger-under-test.ts';
import type { Organisation } from '../support/service.ts';
import { eventually } from '../support/service.ts';

jest.setTimeout(40_000);

/** What sets a write going: an entry alone, or an enrolment, whose entries come with rows of their own. */
type Cause = 'entry' | 'enrolment';
type Write = {
  readonly name: string;
  readonly line: 'database' | 'chain';
  readonly on: RegExp;
  readonly cause: Cause;
};

const BATCH = /update log_head set size/;
const WRITES: readonly Write[] = [
  { name: 'rows beside entries', line: 'database', on: /insert into document/, cause: 'enrolment' },
  { name: 'the batch beside rows', line: 'database', on: BATCH, cause: 'enrolment' },
  { name: 'the batch alone, which is its commit', line: 'database', on: BATCH, cause: 'entry' },
  { name: 'the intent to anchor', line: 'database', on: /insert into chain_transaction/, cause: 'entry' },
  { name: 'the nonce', line: 'database', on: /insert into sender_account/, cause: 'entry' },
  { name: 'the signed bytes', line: 'database', on: /insert into signed_transaction/, cause: 'entry' },
  { name: 'sending', line: 'chain', on: /eth_sendRawTransaction/, cause: 'entry' },
  { name: 'that it was sent', line: 'database', on: /set state = 'broadcast', sent_at/, cause: 'entry' },
  {
    name: 'that it was mined',
    line: 'database',
    on: /update chain_transaction set state = \$2/,
    cause: 'entry',
  },
  { name: 'the anchor', line: 'database', on: /insert into anchor/, cause: 'entry' },
];
const LOSSES: readonly Loss[] = ['lost', 'unheard'];
const ENDS = ['process killed', 'connection dropped'] as const;
type End = (typeof ENDS)[number];

/** Commits look all alike: the one that follows a write on its connection is the one that is meant. */
const COMMITS: readonly (Write & { readonly after: RegExp })[] = [
  { name: 'commit of a batch with rows', line: 'database', on: /^COMMIT/, after: BATCH, cause: 'enrolment' },
  {
    name: 'commit of the signed bytes',
    line: 'database',
    on: /^COMMIT/,
    after: /insert into signed_transaction/,
    cause: 'entry',
  },
  {
    name: 'commit of the anchor',
    line: 'database',
    on: /^COMMIT/,
    after: /insert into anchor/,
    cause: 'entry',
  },
];
const ALL: readonly (Write & { readonly after?: RegExp })[] = [...WRITES, ...COMMITS];

let ledger: LedgerUnderTest;
let exporter: Organisation;
const acknowledged = new Map<string, string>();
const heads: Head[] = [];
let numbered = 0;
let cases = 0;
let lost = 0;
let doubled = 0;

beforeAll(async () => {
  ledger = await LedgerUnderTest.prepare();
  await ledger.start();
  exporter = await ledger.enrol('crash-table');
});
afterAll(async () => {
  await ledger?.stop();
  console.log(
    `counted: ${cases} crashes (${ALL.length} writes × lost, unheard × killed, dropped), ${acknowledged.size} entries acknowledged, ${lost} lost, ${doubled} doubled`,
  );
});

async function cause(kind: Cause): Promise<void> {
  const name = `c-${numbered++}`;
  if (kind === 'enrolment') {
    await ledger.enrol(name);
    return;
  }
  const entry = entryOf(exporter.did, name);
  const headers = { authorization: `Bearer ${exporter.apiKey}` };
  const answer = await ledger.postUntilDone('/api/v1/entries', Buffer.from(entry).toString('utf8'), headers);
  acknowledged.set(toHex(leafHash(entry)), answer.entries[0].index);
}

async function query<T>(sql: string): Promise<T[]> {
  const client = new Client({ connectionString: ledger.postgres.url() });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows as T[];
}

/** The newest head is on chain, and nothing is under way any more. */
async function settled(): Promise<void> {
  await eventually(async () => {
    const [row] = await query<{ size: string; anchored: string | null; open: string }>(
      `select (select size from log_head) as size, (select max(size) from anchor) as anchored,
        (select count(*) from chain_transaction where state in ('intent', 'signed', 'broadcast')) as open`,
    );
    return row?.size === row?.anchored && row?.open === '0';
  });
}

async function requireWhole(): Promise<void> {
  const { head, entries, leaves } = await ledger.readAll();
  const names = leaves.map((leaf) => toHex(leaf));
  doubled += entries.length - new Set(names).size;
  lost += [...acknowledged].filter(([leaf, index]) => names[Number(index)] !== leaf).length;
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
  for (const seen of heads)
    expect(toHex(treeHash(leaves.slice(0, Number(seen.size))))).toBe(toHex(seen.root));
  heads.push(head);
  const anchors = await query<{ sequence: string; size: string }>(
    'select sequence, size from anchor order by sequence',
  );
  expect(anchors.map(({ sequence }) => sequence)).toEqual(anchors.map((_, at) => String(at + 1)));
  expect(new Set(anchors.map(({ size }) => size)).size).toBe(anchors.length);
  const [spent] = await query<{ used: string; next: string }>(
    'select count(distinct nonce) as used, max(next_nonce) - min(nonce) as next from chain_transaction, sender_account',
  );
  // every nonce was used, and by one transaction
  expect(spent?.used).toBe(spent?.next);
}

const table = ALL.flatMap((write) =>
  LOSSES.flatMap((loss) =>
    ENDS.map((end) => ({ ...write, loss, end, what: `${write.name}, ${loss}, ${end}` })),
  ),
);

test.each(table)('$what', async ({ line, on, after, loss, end, cause: kind }) => {
  await settled();
  const trapped = ledger[line].set({
    on,
    loss,
    ...(after && { after }),
    atOnce: () => (end satisfies End) === 'process killed' && ledger.signal('SIGKILL'),
  });
  const recorded = cause(kind);
  await trapped;
  if (end === 'process killed') {
    await ledger.kill();
    await ledger.start();
  }
  await recorded;
  await settled();
  await requireWhole();
  cases++;
});

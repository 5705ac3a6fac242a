// RFC 8785 of a passport of 3 KB beside JSON.stringify, which sorts nothing, and beside two implementations by others; and
// reading an entry of the log. CPU time of each call, in turn in one process, medians of warm rounds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import peerOfRfc from 'canonicalize';
import { canonicalize as secondPeer } from 'json-canonicalize';
import {
  canonicalBytes,
  canonicalize,
  contentId,
  fromUtf8,
  type JsonObject,
  parseCanonical,
  parseStrict,
  utf8,
} from '#lib/canonical';
import { projectDpp } from '#lib/passport';
import { type PassportDocument, parseEntry } from '#lib/record';
import { ROOT } from '../build.ts';
import { makeRow, type Row } from './table.ts';

type Golden = {
  readonly documents: readonly { readonly doc: JsonObject }[];
  readonly entries: readonly { readonly entry: string }[];
};

const ROUNDS = 15;
const CALLS = 1500;

export async function measure(): Promise<readonly Row[]> {
  const { documents, entries } = JSON.parse(
    readFileSync(join(ROOT, 'test/vectors/golden/bundle.json'), 'utf8'),
  ) as Golden;
  const passport = documents.find(({ doc }) => doc.type === 'passport/v1')?.doc as PassportDocument;
  // a credential as this product writes it, its keys as they come, and the same as it is stored, its keys in order
  const id = 'https://ledger.example/passports/dyiIuFZQRFGrKaHL';
  const written = projectDpp(passport, { id, content: contentId(canonicalBytes(passport)) });
  const bytes = canonicalBytes(written);
  const stored = parseCanonical(bytes);
  const entry = utf8(entries[0]!.entry);
  if ([peerOfRfc, secondPeer].some((peer) => peer(written) !== fromUtf8(bytes)))
    throw new Error('the texts differ');

  const times = inTurn({
    stringifyWritten: () => JSON.stringify(written),
    written: () => canonicalize(written),
    canonicalize: () => peerOfRfc(written),
    jsonCanonicalize: () => secondPeer(written),
    stringifyStored: () => JSON.stringify(stored),
    stored: () => canonicalize(stored),
    strict: () => canonicalBytes(parseStrict(entry)),
    canonical: () => parseCanonical(entry),
    entry: () => parseEntry(entry),
  });
  const beside = (name: string, value: number, own: number) => [
    { name: `${name}, µs`, value, ratio: value / own },
  ];
  const faster = (peer: string, theirs: number, atLeast: number) =>
    makeRow(`JCS of a passport, unsorted: faster than ${peer}`, theirs / times.written, '×', {
      atLeast,
      peers: beside(peer, theirs, times.written),
    });
  const rows = [
    makeRow(
      `JCS of a passport, ${bytes.length} bytes, unsorted: speed of JSON.stringify`,
      times.stringifyWritten / times.written,
      '×',
      { atLeast: 0.4, peers: beside('JSON.stringify', times.stringifyWritten, times.written) },
    ),
    makeRow(
      'JCS of the same, stored (sorted): speed of JSON.stringify',
      times.stringifyStored / times.stored,
      '×',
      { atLeast: 0.85, peers: beside('JSON.stringify', times.stringifyStored, times.stored) },
    ),
    faster('canonicalize', times.canonicalize, 3),
    faster('json-canonicalize', times.jsonCanonicalize, 2),
    makeRow(`bytes of an entry, ${entry.length}, parsed and canonical`, times.canonical, 'µs CPU', {
      peers: beside('parseStrict, then canonicalBytes', times.strict, times.canonical),
    }),
    makeRow(`parseEntry of the same, form checked too`, times.entry, 'µs CPU'),
  ];
  for (const { name, value, target, met } of rows)
    if (met === false) console.log(`${name}: ${value}, promised ${target}. ${WHY}`);
  return rows;
}
const WHY =
  'Every object is walked once in JavaScript to see that its keys ascend, and copied where they do not, while JSON.stringify and JSON.parse of this Node walk natively and gain with each version.';

/** Microseconds of CPU time of each call. The first rounds compile, and are not counted. */
function inTurn<Name extends string>(works: Readonly<Record<Name, () => unknown>>): Record<Name, number> {
  const named = Object.entries(works) as [Name, () => unknown][];
  const taken = named.map(() => [] as number[]);
  for (let round = 0; round < ROUNDS + 3; round++)
    for (const [at, [, work]] of named.entries()) {
      const began = process.cpuUsage();
      for (let call = 0; call < CALLS; call++) work();
      const { user, system } = process.cpuUsage(began);
      if (round >= 3) taken[at]?.push((user + system) / CALLS);
    }
  const medians = taken.map((values) => values.sort((a, b) => a - b)[values.length >> 1]);
  return Object.fromEntries(named.map(([name], at) => [name, medians[at]])) as Record<Name, number>;
}

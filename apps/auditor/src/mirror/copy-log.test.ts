// A log copied as it grows, by steps that end at, before and behind the edges of tiles: what lies in the folder is what a
// service of that size serves, whichever steps led there. And sources that lie leave nothing behind.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ContentId, contentId, utf8 } from '#lib/canonical';
import { blindSubject, entryBytes, makeEntry } from '#lib/record';
import {
  type Checkpoint,
  encodeEntryTile,
  encodeTile,
  leafHash,
  newTiles,
  parseTilePath,
  readerOf,
  rootPlan,
  runPlan,
  tileNodes,
  tilePath,
} from '#lib/transparency-log';
import { makeTestFolder, type TestFolder } from '../../../../test/support/folder.ts';
import type { LogSource } from '../log-source.ts';
import { copyLog, MirrorError, readEntries } from './copy-log.ts';
import { MirrorFolder } from './mirror-folder.ts';

const LARGEST = 66_100;
const ENTRIES = Array.from({ length: LARGEST }, (_, at) => {
  const facts = {
    kind: 'page/v1',
    issuer: 'did:web:log.example',
    time: '2026-11-25T11:00:00Z',
    refs: [],
  } as const;
  const content: ContentId = contentId(utf8(`page ${at}`));
  return entryBytes(makeEntry({ ...facts, subject: blindSubject('nonce', `page ${at}`), content }));
});
const LEAVES = ENTRIES.map(leafHash);
const read = readerOf(LEAVES);

function headOf(size: number): Checkpoint {
  const plan = rootPlan(BigInt(size));
  return { origin: 'log.example/log', size: BigInt(size), root: runPlan(plan, read(plan.flat()))[0]! };
}

class Source implements LogSource {
  readonly name = 'log.example';
  readonly kind = 'service';
  readonly asked: string[] = [];
  private readonly entries: readonly Uint8Array[];
  constructor(entries: readonly Uint8Array[] = ENTRIES) {
    this.entries = entries;
  }
  checkpoint(): Promise<string> {
    throw new Error('not asked here');
  }
  async tile(path: string): Promise<Uint8Array> {
    this.asked.push(path);
    const { index, width } = parseTilePath(path);
    const first = 256 * Number(index);
    return encodeEntryTile(this.entries.slice(first, first + width));
  }
  content(): never {
    throw new Error('not asked here');
  }
  page(): never {
    throw new Error('not asked here');
  }
}

let place: TestFolder;
let folder: MirrorFolder;
beforeEach(async () => {
  place = await makeTestFolder('copy-log');
  folder = await MirrorFolder.open(join(place.path, 'mirror'));
});
afterEach(() => place.remove());

const copy = (source: LogSource, before: Checkpoint | null, now: Checkpoint) =>
  copyLog(source, folder, before, now, () => undefined);

async function requireServed(size: number): Promise<void> {
  for (const tile of newTiles(0n, BigInt(size))) {
    await requireFile(tilePath(tile), encodeTile(read(tileNodes(tile))));
    const first = 256 * Number(tile.index);
    const entries = ENTRIES.slice(first, first + tile.width);
    if (tile.level === 0)
      await requireFile(tilePath({ ...tile, level: 'entries' }), encodeEntryTile(entries));
  }
}

async function requireFile(path: string, bytes: Uint8Array): Promise<void> {
  const found = await folder.read(`log/${path}`);
  expect([path, found && Buffer.from(found).equals(bytes)]).toEqual([path, true]);
}

test('every step of growth leaves what a service of that size serves, and asks for no full tile twice', async () => {
  const source = new Source();
  let before: Checkpoint | null = null;
  for (const size of [1, 200, 255, 256, 257, 513, 65_535, 65_537, LARGEST]) {
    const now = headOf(size);
    await copy(source, before, now);
    await requireServed(size);
    before = now;
  }
  const full = source.asked.filter((path) => !path.includes('.p/'));
  expect(full.length).toBe(Math.floor(LARGEST / 256));
  expect(new Set(full).size).toBe(full.length);
  const asked = source.asked.length;
  expect(await copy(source, before, headOf(LARGEST))).toBe(0);
  expect(source.asked.length).toBe(asked);
  let count = 0;
  for await (const { content } of readEntries(folder, 65_530n, BigInt(LARGEST))) {
    expect(content).toBe(contentId(utf8(`page ${65_530 + count}`)));
    count += 1;
  }
  expect(count).toBe(LARGEST - 65_530);
}, 60_000);

test.each([0, 299, 300, 699])('an entry %d that was changed is found before anything is kept', async (at) => {
  const first = headOf(300);
  await copy(new Source(), null, first);
  const before = readdirSync(folder.path, { recursive: true }).length;
  const lie = [...ENTRIES.slice(0, 700)];
  lie[at] = ENTRIES[at + 1]!;
  // an entry of a tile that is here already is not asked for again, so a lie about it changes nothing
  const copied = copy(new Source(lie), first, headOf(700));
  if (at < 256) await copied;
  else {
    await expect(copied).rejects.toThrow(MirrorError);
    await folder.discard();
    expect(readdirSync(folder.path, { recursive: true }).length).toBe(before);
  }
});

test('a source that went back, and one that signed two heads of one size, are said so', async () => {
  const first = headOf(300);
  await copy(new Source(), null, first);
  await expect(copy(new Source(), first, headOf(299))).rejects.toThrow('it is an older state');
  const fork = { ...first, root: headOf(299).root };
  await expect(copy(new Source(), first, fork)).rejects.toThrow('FORK');
});

test('a log that does not extend the copy is refused', async () => {
  const first = headOf(300);
  await copy(new Source(), null, first);
  const other = { ...first, root: headOf(299).root };
  await expect(copy(new Source(), other, headOf(700))).rejects.toThrow('what this mirror held before');
});

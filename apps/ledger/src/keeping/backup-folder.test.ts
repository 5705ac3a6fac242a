import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findDamage, isKeptKey, type Manifest } from './backup-folder.ts';

let outer: string;
let folder: string;
beforeEach(async () => {
  outer = await mkdtemp(join(tmpdir(), 'backup-'));
  folder = join(outer, 'inner');
  await mkdir(folder);
});
afterEach(() => rm(outer, { recursive: true, force: true }));

const hex = '5e'.repeat(32);
const partOf = (path: string) => {
  const bytes = `of ${path}`;
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
};

async function damageOf(path: string): Promise<string[]> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), `of ${path}`);
  return findDamage(folder, { parts: [partOf(path)] } as unknown as Manifest);
}

test.each([
  'database/log_entry.copy',
  'chain/journal.jsonl',
  `files/5e/${hex}`,
  'keys/log.key.json',
  'keys/yiwu-plates-2ff7.json',
  'installation.json',
])('a backup may hold %s', async (path) => {
  expect(await damageOf(path)).toEqual([]);
});

// a database that starts on a folder of somebody else's runs what that somebody wrote
test.each([
  'postgres/postgresql.auto.conf',
  'postgres/PG_VERSION',
  '../beside.json',
  'keys/../../beside.json',
  'keys/.json',
  'files/5e/short',
  'lock',
  'service.json',
])('and not %s', async (path) => {
  expect(await damageOf(path)).toContain(`${path} is no path of a part`);
});

test('nor a link in the place of a part', async () => {
  const outside = join(folder, 'outside');
  await writeFile(outside, 'of root.json');
  await symlink(outside, join(folder, 'root.json'));
  expect(await findDamage(folder, { parts: [partOf('root.json')] } as unknown as Manifest)).toContain(
    'root.json is missing',
  );
});

test('the keys of witness and database stay where they are', () => {
  const names = ['log.key.json', 'witness.key.json', 'postgres.key.json', 'yiwu.json', 'log.key.json.bak'];
  expect(names.filter(isKeptKey)).toEqual(['log.key.json', 'yiwu.json']);
});

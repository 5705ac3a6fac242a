import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTestFolder } from '../../../../test/support/folder.ts';
import { findPostgres, repairLinks } from './postgres-binaries.ts';

test('the three programs come with the install', async () => {
  for (const program of Object.values(await findPostgres())) await access(program, constants.X_OK);
});

test('links that an install without scripts leaves out are made, and those that are there are kept', async () => {
  const folder = await makeTestFolder('postgres-binaries');
  const native = join(folder.path, 'native');
  mkdirSync(join(native, 'lib'), { recursive: true });
  writeFileSync(join(native, 'lib', 'libz.so.1.2.3'), 'the library');
  writeFileSync(join(native, 'lib', 'liby.so'), 'there already');
  const link = (target: string) => ({ source: 'native/lib/libz.so.1.2.3', target: `native/lib/${target}` });
  writeFileSync(
    join(native, 'pg-symlinks.json'),
    JSON.stringify([link('libz.so'), link('libz.so.1'), link('liby.so')]),
  );
  await repairLinks(folder.path);
  await repairLinks(folder.path);
  expect(readlinkSync(join(native, 'lib', 'libz.so'))).toBe('libz.so.1.2.3');
  expect(readFileSync(join(native, 'lib', 'libz.so.1'), 'utf8')).toBe('the library');
  expect(readFileSync(join(native, 'lib', 'liby.so'), 'utf8')).toBe('there already');
  await folder.remove();
});

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

export type TestFolder = { readonly path: string; remove(): Promise<void> };

/** An empty folder under `.tmp/` of the repository, and the way to remove it. */
export async function makeTestFolder(name: string): Promise<TestFolder> {
  const parent = join(ROOT, '.tmp');
  await mkdir(parent, { recursive: true });
  const path = await mkdtemp(join(parent, `${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }) };
}

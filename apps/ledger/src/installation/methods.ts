import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readJson } from './kept-file.ts';

/** The folder of package.json: the same from source and from dist. */
export function projectFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}

/** Ids of the calculation methods that come with this version, `sha256:…`. */
export async function methodIds(): Promise<string[]> {
  const path = join(projectFolder(), 'libs/footprint/methods/index.json');
  const methods = (await readJson<readonly { readonly id: string }[]>(path)) ?? [];
  return methods.map(({ id }) => id);
}

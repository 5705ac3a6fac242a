import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';

/** A built file of the pages: where it is served and what its bytes must be (Subresource Integrity). */
export type AssetFile = { readonly path: string; readonly integrity: string };

type Manifest = Readonly<Record<string, { readonly file: string; readonly integrity: string }>>;

const ASSETS = join(projectRoot(), 'dist/assets');
/** `island.3f9a….js`: a name with its hash, so the file under it never changes. */
export const ASSET_NAME = /^[a-z0-9-]+\.[A-Za-z0-9_-]{6,64}\.(js|css)$/;

/** Files that the checker's build left in `dist/assets`, with a manifest. */
@Injectable()
export class AssetsService {
  private manifest: Manifest | null = null;

  /** Null when the checker was not built: the page then shows its data and says that nothing was checked. */
  async find(name: string): Promise<AssetFile | null> {
    this.manifest ??= await readManifest();
    const entry = this.manifest?.[name];
    return entry && ASSET_NAME.test(entry.file)
      ? { path: `/assets/${entry.file}`, integrity: entry.integrity }
      : null;
  }

  /** The bytes of every file of the manifest; none when the checker was not built. */
  async all(): Promise<Uint8Array[]> {
    this.manifest ??= await readManifest();
    const files = Object.values(this.manifest ?? {}).map(({ file }) => readFile(join(ASSETS, file)));
    return (await Promise.all(files)).map((bytes) => new Uint8Array(bytes));
  }

  /** The bytes of a file by its hashed name, or null. */
  async read(file: string): Promise<Buffer | null> {
    if (!ASSET_NAME.test(file)) return null;
    return readFile(join(ASSETS, file)).catch(() => null);
  }
}

async function readManifest(): Promise<Manifest | null> {
  const text = await readFile(join(ASSETS, 'manifest.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const manifest = JSON.parse(text) as Manifest;
  for (const { file, integrity } of Object.values(manifest)) {
    const bytes = await readFile(join(ASSETS, file));
    const [algorithm = '', value] = integrity.split('-', 2);
    if (createHash(algorithm).update(bytes).digest('base64') !== value)
      throw new Error(`dist/assets/${file} is not the file of its manifest: build again`);
  }
  return manifest;
}

/** The folder of package.json, from the sources and from `dist` alike. */
export function projectRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder))
      throw new Error('no package.json above this file: is the program complete?');
  }
}

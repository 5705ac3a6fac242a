import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Injectable } from '@nestjs/common';
import { type ContentId, contentId } from '#lib/canonical';
import type { FootprintInput, FootprintResult } from '#lib/footprint';
import { projectFolder } from '../installation/methods.ts';

type MethodFile = {
  readonly METHOD: { readonly name: string; readonly version: string };
  readonly computeFootprint: (input: FootprintInput) => FootprintResult;
};

type Listed = { readonly id: string; readonly file: string };

/** A method as it runs: the id is the SHA-256 of the very file that calculates. */
export type RunningMethod = MethodFile & { readonly id: ContentId };

/** The built method files; results name the one that ran, and a checker runs the same bytes again. */
@Injectable()
export class MethodService {
  private loading: Promise<readonly RunningMethod[]> | null = null;

  /** The newest one: new footprints are calculated with it. */
  async current(): Promise<RunningMethod> {
    return (await this.all()).at(-1) as RunningMethod;
  }

  /** Oldest first; past results are checked with the method they name. */
  all(): Promise<readonly RunningMethod[]> {
    this.loading ??= loadMethods();
    return this.loading;
  }
}

async function loadMethods(): Promise<readonly RunningMethod[]> {
  const folder = join(projectFolder(), 'libs/footprint/methods');
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as readonly Listed[];
  if (index.length === 0) throw new Error(`${folder}/index.json lists no method: run the build`);
  return Promise.all(index.map((listed) => loadMethod(folder, listed)));
}

async function loadMethod(folder: string, { id: listedId, file }: Listed): Promise<RunningMethod> {
  const path = join(folder, file);
  const id = contentId(new Uint8Array(await readFile(path)));
  if (id !== listedId) throw new Error(`${path} is ${id}, its index says ${listedId}: restore the file`);
  const { METHOD, computeFootprint } = (await import(pathToFileURL(path).href)) as MethodFile;
  return { METHOD, computeFootprint, id };
}

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

/** A method as it runs: the id is the SHA-256 of the very file that calculates. */
export type RunningMethod = MethodFile & { readonly id: ContentId };

/** The newest built method file; results name it, and a checker runs the same bytes again. */
@Injectable()
export class MethodService {
  private running: Promise<RunningMethod> | null = null;

  current(): Promise<RunningMethod> {
    this.running ??= loadMethod();
    return this.running;
  }
}

async function loadMethod(): Promise<RunningMethod> {
  const folder = join(projectFolder(), 'libs/footprint/methods');
  const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as {
    id: string;
    file: string;
  }[];
  const newest = index.at(-1);
  if (!newest) throw new Error(`${folder}/index.json lists no method: run the build`);
  const path = join(folder, newest.file);
  const id = contentId(new Uint8Array(await readFile(path)));
  if (id !== newest.id) throw new Error(`${path} is ${id}, its index says ${newest.id}: restore the file`);
  const method = (await import(pathToFileURL(path).href)) as MethodFile;
  return { METHOD: method.METHOD, computeFootprint: method.computeFootprint, id };
}

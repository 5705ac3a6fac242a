import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import type { ImportDraft } from '#lib/evidence';
import { type Place, RefusalError } from '../http/refusal.ts';
import type { ParseTask } from './parse.ts';
import { Turnstile } from './turnstile.ts';

/** What comes back from the worker: errors lose their members on the way, so they are sent as values. */
export type ParseAnswer =
  | { readonly draft: ImportDraft }
  | {
      readonly refusal: {
        readonly code: string;
        readonly message: string;
        readonly remedy?: string;
        readonly place?: Place;
      };
    }
  | { readonly bug: string };

const MAX_MS = 60_000;
const MAX_AT_ONCE = 2;
const MAX_WAITING = 20;
/** A 20 MB workbook unpacks to at most 200 MB of text. */
const MAX_HEAP_MB = 1024;

// Type stripping and the source condition when we run from sources; the built file otherwise.
const isSource = import.meta.url.endsWith('.ts');
const WORKER = new URL(`./parse-worker.${isSource ? 'ts' : 'js'}`, import.meta.url);

/** Reads files in a thread of their own, a few at a time: a large workbook must not stop every scan. */
@Injectable()
export class ParserService {
  private readonly turnstile = new Turnstile({ atOnce: MAX_AT_ONCE, waiting: MAX_WAITING }, busy);

  /** @throws RefusalError of the readers and import rules, `import/busy`, `import/too-long` */
  async parse(task: ParseTask): Promise<ImportDraft> {
    const answer = await this.turnstile.pass(() => runWorker(task));
    if ('draft' in answer) return answer.draft;
    if ('bug' in answer) throw new Error(`the import worker failed: ${answer.bug}`);
    const { code, message, remedy, place } = answer.refusal;
    throw new RefusalError({
      status: /too-(large|many|big)/.test(code) ? 413 : 400,
      code,
      detail: message,
      remedy: remedy ?? 'correct the file as described and send it again',
      ...(place && { place }),
    });
  }
}

function busy(): RefusalError {
  return new RefusalError({
    status: 429,
    code: 'import/busy',
    detail: `${MAX_WAITING} files wait to be read`,
    remedy: 'send it again in a minute',
    retryAfterSeconds: 60,
  });
}

function runWorker(task: ParseTask): Promise<ParseAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, {
      workerData: task,
      execArgv: isSource ? ['--conditions=source'] : [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const timer = setTimeout(() => {
      reject(tooLong(`it took more than ${MAX_MS / 1000} s to read`));
      void worker.terminate();
    }, MAX_MS);
    worker.once('message', resolve);
    worker.once('error', (error) => {
      const ranOut = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      reject(ranOut ? tooLong(`it needs more than ${MAX_HEAP_MB} MB to read`) : error);
    });
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('the import worker ended without an answer'));
    });
  });
}

function tooLong(detail: string): RefusalError {
  return new RefusalError({
    status: 413,
    code: 'import/too-long',
    detail,
    remedy: 'split the file, or remove sheets, formats and empty rows that are not needed',
  });
}

// The thread that reads a file. Everything it gets and gives is plain data.
import { parentPort, workerData } from 'node:worker_threads';
import type { Place } from '../http/refusal.ts';
import { type ParseTask, parse } from './parse.ts';
import type { ParseAnswer } from './parser.service.ts';

/** A refusal of a room: an Error with a `room/what` code. */
type Coded = Error & { code: string; remedy?: unknown; place?: unknown };
const isCoded = (error: unknown): error is Coded =>
  error instanceof Error && /^[a-z-]+\/[a-z0-9-]+$/.test(String((error as Partial<Coded>).code));

async function answer(task: ParseTask): Promise<ParseAnswer> {
  try {
    return { draft: await parse(task) };
  } catch (error) {
    if (!isCoded(error))
      return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    const { code, message, remedy, place } = error;
    return {
      refusal: {
        code,
        message,
        ...(typeof remedy === 'string' && { remedy }),
        ...(typeof place === 'object' && place !== null && { place: place as Place }),
      },
    };
  }
}

parentPort?.postMessage(await answer(workerData as ParseTask));

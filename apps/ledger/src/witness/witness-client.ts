// One exchange with a witness. What it sends is judged by us: its word alone proves nothing but a cosignature.
import { sha256, toHex, utf8 } from '#lib/canonical';
import {
  type Cosignature,
  formatAddCheckpoint,
  LogError,
  parseTreeSize,
  readCosignatures,
  TREE_SIZE_TYPE,
} from '#lib/transparency-log';
import { fetchTarget } from '../chain/json-rpc.ts';
import type { Witness } from './settings.ts';

const PATIENCE_MS = 10_000;
/** Signature lines, a size, a checkpoint: none is longer. */
const MAX_ANSWER_BYTES = 131_072;
const MAX_SKEW_SECONDS = 300n;

export type WitnessReply =
  | { readonly kind: 'cosigned'; readonly cosignature: Cosignature }
  /** It holds this size, and nothing is cosigned. */
  | { readonly kind: 'holds'; readonly size: bigint }
  /** It says that our head does not follow from the one it holds. */
  | { readonly kind: 'contradicts' };

/** The witness gave no answer that can be used; nothing follows from that but to ask again later. */
export class WitnessUnusable extends Error {
  override readonly name = 'WitnessUnusable';
}

/**
 * Asks for a cosignature of our checkpoint.
 * @param note with the log's signature; `text` is its text
 * @throws WitnessUnusable
 */
export async function askWitness(
  witness: Witness,
  request: {
    readonly old: bigint;
    readonly proof: readonly Uint8Array[];
    readonly note: string;
    readonly text: string;
  },
  now: Date,
  closing?: AbortSignal,
): Promise<WitnessReply> {
  const { old, proof, note, text } = request;
  const body = formatAddCheckpoint({ old, proof, checkpoint: note });
  const { status, type, answer } = await exchange(
    `${witness.url}/add-checkpoint`,
    body,
    limitOf(PATIENCE_MS, closing),
  );
  if (status === 200) return { kind: 'cosigned', cosignature: takeCosignature(witness, text, answer, now) };
  if (status === 422) return { kind: 'contradicts' };
  if (status === 409 && type.startsWith(TREE_SIZE_TYPE)) return { kind: 'holds', size: readSize(answer) };
  // v1.0.0 has 409 for equal sizes with another root too
  if (status === 409) return { kind: 'contradicts' };
  throw new WitnessUnusable(`${witness.key.name} answered ${status}`);
}

/** The checkpoint of this log that the witness shows to everyone; null when it shows none. @throws WitnessUnusable */
export async function readHeldCheckpoint(
  { url }: Witness,
  origin: string,
  limit: AbortSignal = limitOf(PATIENCE_MS),
): Promise<string | null> {
  const { status, answer } = await exchange(`${url}/${toHex(sha256(utf8(origin)))}/checkpoint`, null, limit);
  return status === 200 ? answer : null;
}

function takeCosignature({ key }: Witness, text: string, lines: string, now: Date): Cosignature {
  const [cosignature] = refusing(() => readCosignatures(text, lines, [key]));
  if (!cosignature)
    throw new WitnessUnusable(`${key.name} answered without a signature of its key ${key.keyId}`);
  const skew = cosignature.time - BigInt(Math.floor(now.getTime() / 1000));
  if (skew > MAX_SKEW_SECONDS || skew < -MAX_SKEW_SECONDS)
    throw new WitnessUnusable(`${key.name} signed with the time ${cosignature.time}, ${skew} s from now`);
  return cosignature;
}

const readSize = (answer: string) => refusing(() => parseTreeSize(answer));

function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof LogError) throw new WitnessUnusable(cause.message, { cause });
    throw cause;
  }
}

/** Given up after so long, or when the service closes. */
export function limitOf(patienceMs: number, closing?: AbortSignal): AbortSignal {
  const late = AbortSignal.timeout(patienceMs);
  return closing ? AbortSignal.any([late, closing]) : late;
}

async function exchange(
  url: string,
  body: string | null,
  signal: AbortSignal,
): Promise<{ status: number; type: string; answer: string }> {
  try {
    const { address, headers } = fetchTarget(url);
    const response = await fetch(address, {
      headers: { ...headers, ...(body !== null && { 'content-type': 'text/plain; charset=utf-8' }) },
      ...(body !== null && { method: 'POST', body }),
      redirect: 'error',
      signal,
    });
    const answer = await readAtMost(response);
    return { status: response.status, type: response.headers.get('content-type') ?? '', answer };
  } catch (cause) {
    if (cause instanceof WitnessUnusable) throw cause;
    throw new WitnessUnusable(`${new URL(url).host} gave no answer: ${(cause as Error).message}`, { cause });
  }
}

async function readAtMost(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_ANSWER_BYTES)
      throw new WitnessUnusable(`an answer has more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

// The witness protocol, C2SP tlog-witness: how a checkpoint is brought to a witness, and what the witness decides. The
// rules for size 0 and for equal sizes are those of its text after v1.0.0 (a contradiction is 422, never 409).
import { equalBytes, toBase64 } from '#lib/canonical';
import { type Checkpoint, parseCheckpoint, readUint64 } from './checkpoint.ts';
import { checkConsistency } from './consistency.ts';
import { LogError, shown } from './errors.ts';
import { EMPTY_ROOT, requireHash } from './hash.ts';
import { requireSize } from './nodes.ts';
import { openNote, readBase64, type VerifierKey } from './note.ts';

/** `old`: size of the checkpoint that the witness cosigned last; `checkpoint`: a whole signed note. */
export type AddCheckpoint = {
  readonly old: bigint;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: string;
};

/** Media type of a 409's body. */
export const TREE_SIZE_TYPE = 'text/x.tlog.size';
const MAX_PROOF_LINES = 63;

/** The body of `POST {prefix}/add-checkpoint`. */
export function formatAddCheckpoint({ old, proof, checkpoint }: AddCheckpoint): string {
  const hashes = proof.map((hash) => `${toBase64(requireHash(hash))}\n`).join('');
  return `old ${requireSize(old)}\n${hashes}\n${checkpoint}`;
}

/**
 * The parts of such a body; nothing is checked yet, and the note is not looked into.
 * @throws LogError `log/malformed-request`
 */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const malformed = (why: string) => new LogError('log/malformed-request', `request refused: ${why}`);
  const end = body.indexOf('\n\n');
  if (end < 0) throw malformed('no empty line before the checkpoint');
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const old = first.startsWith('old ') ? readUint64(first.slice(4)) : undefined;
  if (old === undefined) throw malformed(`first line ${shown(first)} is not "old" and a size`);
  if (lines.length > MAX_PROOF_LINES)
    throw malformed(`${lines.length} hashes, at most ${MAX_PROOF_LINES} are read`);
  const proof = lines.map((line) => readBase64(line, 'log/malformed-request'));
  if (proof.some((hash) => hash.length !== 32)) throw malformed('a hash that has not 32 bytes');
  return { old, proof, checkpoint: body.slice(end + 2) };
}

/** The body of a 409: the size the witness holds. */
export const formatTreeSize = (size: bigint) => `${size}\n`;

/** @throws LogError `log/malformed-request` */
export function parseTreeSize(body: string): bigint {
  const size = body.endsWith('\n') ? readUint64(body.slice(0, -1)) : undefined;
  if (size === undefined)
    throw new LogError('log/malformed-request', `${shown(body)} is not a size and a newline`);
  return size;
}

/** The head that a witness cosigned last; size 0 when it never did. */
export type KnownHead = Pick<Checkpoint, 'size' | 'root'>;

/** By HTTP status. `text`: what is to be cosigned, once it was stored. `size`: for the body of a 409. */
export type WitnessJudgement =
  | { readonly status: 200; readonly head: KnownHead; readonly text: string }
  | { readonly status: 400 | 403 | 404 | 422; readonly reason: string }
  | { readonly status: 409; readonly size: bigint; readonly reason: string };

/** Origin of a note that nobody has checked: to find the log's key by. Null when it has no first line. */
function claimedOrigin(note: string): string | null {
  const end = note.indexOf('\n');
  return end > 0 ? note.slice(0, end) : null;
}

/**
 * What a witness answers. Pure: storing the head against the very `known` it was judged by, before anything is signed,
 * is the caller's.
 * @param logs keys of the logs that are witnessed; a log's origin is its key's name
 * @param known the head cosigned last for an origin
 * @throws LogError `log/malformed-note`, `log/malformed-checkpoint`: the status is 400
 */
export async function judgeCheckpoint(
  { old, proof, checkpoint }: AddCheckpoint,
  logs: readonly VerifierKey[],
  known: (origin: string) => Promise<KnownHead>,
): Promise<WitnessJudgement> {
  const origin = claimedOrigin(checkpoint);
  const keys = logs.filter(({ name }) => name === origin);
  if (origin === null || keys.length === 0)
    return { status: 404, reason: `the log ${shown(origin ?? '')} is not witnessed here` };
  const opened = openBy(checkpoint, keys);
  if ('status' in opened) return opened;
  const { text, size, root } = opened;
  if (old > size) return { status: 400, reason: `old size ${old} is beyond the checkpoint's ${size}` };
  const last = await known(origin);
  if (old !== last.size)
    return { status: 409, size: last.size, reason: `the last cosigned size is ${last.size}, not ${old}` };
  const trouble = contradictionOf(last, { size, root }, proof);
  return trouble === null ? { status: 200, head: { size, root }, text } : { status: 422, reason: trouble };
}

/** Why the new head does not follow from the last, or null. */
function contradictionOf(last: KnownHead, head: KnownHead, proof: readonly Uint8Array[]): string | null {
  if (head.size === 0n && !equalBytes(head.root, EMPTY_ROOT))
    return 'size 0 has another root than the empty tree';
  if (last.size === 0n) return proof.length === 0 ? null : 'a proof from size 0 has no hashes';
  if (head.size === last.size && !equalBytes(head.root, last.root))
    return `size ${head.size} was cosigned with another root`;
  const claim = { size1: last.size, root1: last.root, size2: head.size, root2: head.root, proof };
  return checkConsistency(claim) ? null : `the proof from size ${last.size} to ${head.size} does not hold`;
}

function openBy(
  note: string,
  keys: readonly VerifierKey[],
): (Checkpoint & { readonly text: string }) | { readonly status: 403; readonly reason: string } {
  try {
    const { text } = openNote(note, keys);
    return { ...parseCheckpoint(text), text };
  } catch (error) {
    const code = error instanceof LogError ? error.code : null;
    if (code === 'log/bad-signature' || code === 'log/no-known-signature')
      return { status: 403, reason: (error as LogError).message };
    throw error;
  }
}

// Proof files, C2SP tlog-proof (untagged draft), extension `.tlog-proof`: an inclusion proof that can be checked
// offline with the log's key alone.
import { toBase64 } from '#lib/canonical';
import { readUint64 } from './checkpoint.ts';
import { LogError, shown } from './errors.ts';
import { requireHash } from './hash.ts';
import { requireSize } from './nodes.ts';
import { readBase64 } from './note.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** `checkpoint` is a whole signed note. `extra` is not authenticated by anything. */
export type LogProof = {
  readonly index: bigint;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: string;
  readonly extra?: Uint8Array;
};

export function formatLogProof({ index, proof, checkpoint, extra }: LogProof): string {
  const hashes = proof.map((hash) => `${toBase64(requireHash(hash))}\n`).join('');
  return `${HEADER}\n${extra ? `extra ${toBase64(extra)}\n` : ''}index ${requireSize(index)}\n${hashes}\n${checkpoint}`;
}

/**
 * The parts of a proof file; nothing in it is checked yet. Open the checkpoint, then check the inclusion.
 * @throws LogError `log/malformed-proof`
 */
export function parseLogProof(text: string): LogProof {
  const malformed = (why: string) => new LogError('log/malformed-proof', `proof file refused: ${why}`);
  const end = typeof text === 'string' ? text.indexOf('\n\n') : -1;
  const [header, ...lines] = end < 0 ? [] : text.slice(0, end).split('\n');
  if (header !== HEADER) throw malformed(`no ${HEADER} and empty line`);
  const extraText = lines[0]?.startsWith('extra ') ? lines.shift()?.slice(6) : undefined;
  const indexLine = lines.shift() ?? '';
  const index = indexLine.startsWith('index ') ? readUint64(indexLine.slice(6)) : undefined;
  if (index === undefined) throw malformed(`index line ${shown(indexLine)}`);
  if (lines.length > 64) throw malformed(`${lines.length} hashes, no tree is deeper than 64`);
  const proof = lines.map((line) => readBase64(line, 'log/malformed-proof'));
  if (proof.some((hash) => hash.length !== 32)) throw malformed('a hash that has not 32 bytes');
  const checkpoint = text.slice(end + 2);
  if (extraText === undefined) return { index, proof, checkpoint };
  return { index, proof, checkpoint, extra: readBase64(extraText, 'log/malformed-proof') };
}

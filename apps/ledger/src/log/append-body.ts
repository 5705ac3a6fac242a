// The body of an append: one entry, or one entry a line.

import { hashAt, leafHashes } from '#lib/transparency-log';
import { refusalOf } from '../http/problem.ts';
import { RefusalError, type RefusalFacts } from '../http/refusal.ts';
import { type CheckedEntry, checkEntry } from './entry-checks.ts';

export const MAX_LINES = 10_000;
export const MAX_LINES_BYTES = 16 * 1_048_576;

const NEWLINE = 0x0a;

/** Lines without their newlines; the last line may have one or not. @throws RefusalError `log/too-many-entries` */
export function splitLines(body: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(NEWLINE, from);
    const to = end < 0 ? body.length : end;
    if (lines.length === MAX_LINES)
      throw new RefusalError({
        status: 413,
        code: 'log/too-many-entries',
        detail: `the body has more than ${MAX_LINES} lines`,
        remedy: 'send the rest in further requests',
      });
    lines.push(body.subarray(from, to));
    from = to + 1;
  }
  return lines;
}

/**
 * Each line is an entry as it may stand in the log, and none is there twice.
 * @throws RefusalError as `checkEntry`, with the line in `place.row`; `log/no-entry`, `log/repeated-entry`
 */
export function checkLines(lines: readonly Uint8Array[], isOneEntry: boolean, now: Date): CheckedEntry[] {
  if (lines.length === 0)
    throw new RefusalError({
      status: 400,
      code: 'log/no-entry',
      detail: 'the body is empty',
      remedy: 'send the canonical bytes of an entry, or one entry a line',
    });
  const hashes = leafHashes(lines);
  const seen = new Map<string, number>();
  return lines.map((line, at) =>
    onLine(isOneEntry ? null : at + 1, () => {
      const checked = checkEntry(line, now, hashAt(hashes, at));
      const before = seen.get(checked.leaf);
      if (before !== undefined)
        throw new RefusalError({
          status: 400,
          code: 'log/repeated-entry',
          detail: `the same entry is on line ${before}`,
          remedy: 'send each entry once',
        });
      seen.set(checked.leaf, at + 1);
      return checked;
    }),
  );
}

/** Runs a check; a refusal then says the line that it is about. */
export function onLine<T>(line: number | null, check: () => T): T {
  try {
    return check();
  } catch (error) {
    const facts = line === null ? null : refusalOf(error);
    if (line === null || !facts) throw error;
    throw new RefusalError(withLine(facts, line), { cause: error });
  }
}

function withLine(facts: RefusalFacts, line: number): RefusalFacts {
  const { status, code, remedy, pointer } = facts;
  const detail = `line ${line}: ${facts.detail}`;
  return { status, code, detail, remedy, ...(pointer !== undefined && { pointer }), place: { row: line } };
}

// `npm run audit`: the whole log replayed against the chain, by a program that is the reader's own.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { AuditState } from '#lib/audit';
import { eligibleEndpoints, type Root, readRoot, VerificationError } from '#lib/verification';
import { type Language, sayAudit } from '#lib/wording';
import { FAULT, UNREADABLE, USAGE } from '../../../checker/src/cli/exit-code.ts';
import { makeRpc } from '../../../checker/src/rpc.ts';
import { type AuditResult, type AuditRun, runAudit, type SplitEvidence } from '../audit-run.ts';
import { type LogSource, SourceError } from '../log-source.ts';
import { openSource } from '../mirror/mirror-source.ts';
import type { Progress } from '../replay.ts';
import { readState, writeState } from '../state-file.ts';
import { HelpWanted, type Options, readOptions } from './options.ts';
import { exitCodeOf, formatResult, toJson } from './print.ts';

const RPC_TIMEOUT_MS = 20_000;
const NOT_REACHED = 3;

export type Terminal = {
  readonly args: readonly string[];
  /** Root that this installation wrote, used without `--root`; may not exist. */
  readonly defaultRoot: string;
  readonly language: Language;
  /** Seconds since 1970. */
  readonly now: () => number;
  out(text: string): void;
  err(text: string): void;
};

/** What a run needs and a round of `watch` needs again. */
export type Prepared = {
  readonly options: Options;
  readonly language: Language;
  readonly root: Root;
  readonly source: LogSource;
  readonly also: readonly LogSource[];
  readonly notes: AuditRun['notes'];
  readonly state: AuditState | null;
};

/**
 * @returns exit code: 0 nothing found, 1 a contradiction, 3 not finished, 64 usage, 65 a file that cannot be read, 70 a
 *   mistake of this program
 */
export async function audit(terminal: Terminal): Promise<number> {
  try {
    return await auditOnce(terminal);
  } catch (error) {
    terminal.err(`${(error as Error).stack ?? error}\n`);
    return FAULT;
  }
}

async function auditOnce(terminal: Terminal): Promise<number> {
  const prepared = await prepare(terminal, 'usage');
  if (typeof prepared === 'number') return prepared;
  const { options, language } = prepared;
  const result = await round(prepared, prepared.state, progressTo(terminal));
  const time = new Date(1000 * terminal.now()).toISOString();
  const json = toJson(result, options.target, time);
  terminal.out(options.json === '-' ? json : formatResult(result, language));
  if (options.json !== undefined && options.json !== '-') await writeFile(options.json, json);
  for (const line of await keepEvidence(result.split, options, language)) terminal.err(`${line}\n`);
  const code = exitCodeOf(result);
  if (code === 1 && !options.all) terminal.err(`${sayAudit(language, 'all-hint')}\n`);
  return code;
}

/** Reads options, root, sources and state; a number is the exit code of what cannot be read. */
export async function prepare(
  terminal: Terminal,
  usage: 'usage' | 'usage-watch',
): Promise<Prepared | number> {
  let options: Options;
  try {
    options = readOptions(terminal.args);
  } catch (error) {
    if (error instanceof HelpWanted) {
      terminal.out(`${sayAudit(terminal.language, usage)}\n`);
      return 0;
    }
    terminal.err(`${(error as Error).message}\n${sayAudit(terminal.language, usage)}\n`);
    return USAGE;
  }
  const language = options.lang ?? terminal.language;
  try {
    const root = readRoot(await readRootFile(options.root ?? terminal.defaultRoot));
    const state = options.state === undefined ? null : await readState(options.state, identityOf(root));
    const source = await openSource(options.target, root.log.origin);
    if (source.kind === 'mirror') terminal.err(`${sayAudit(language, 'mirror', { name: source.name })}\n`);
    const also = await Promise.all(options.also.map((target) => openSource(target)));
    const notes = await Promise.all(
      options.notes.map(async (from) => ({ from, note: await readFile(from, 'utf8') })),
    );
    return { options, language, root, source, also, notes, state };
  } catch (error) {
    terminal.err(`${(error as Error).message}\n`);
    if (error instanceof SourceError) return NOT_REACHED;
    if (error instanceof VerificationError || error instanceof Error) return UNREADABLE;
    throw error;
  }
}

async function readRootFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(`the trust root cannot be read (${why}): name yours with --root FILE`, { cause });
  }
}

export const identityOf = ({ log, chain }: Root) => ({
  logId: log.id,
  origin: log.origin,
  genesis: chain.genesis,
});

/** One audit under these options. */
export function round(
  { options, language, root, source, also, notes }: Prepared,
  state: AuditState | null,
  { progress, now, warn }: ReturnType<typeof progressTo>,
): Promise<AuditResult> {
  const hosts = [source, ...also].flatMap(({ name }) => (URL.canParse(name) ? [new URL(name).host] : []));
  return runAudit({
    source,
    also,
    notes,
    root,
    rpc: makeRpc({ timeoutMs: RPC_TIMEOUT_MS }),
    endpoints: eligibleEndpoints(root, options.rpc, [...hosts, root.log.origin]),
    now,
    state,
    from: options.from,
    all: options.all,
    progress,
    save: async (kept) => {
      if (options.state === undefined) return;
      // hours of work are said, whether or not the disk takes what a next run would begin with
      await writeState(options.state, kept).catch((error: Error) =>
        warn(sayAudit(language, 'state-not-kept', { file: options.state ?? '', why: error.message })),
      );
    },
  });
}

/** A line a second: how far, how fast, how long still. */
export function progressTo(terminal: Terminal) {
  const began = performance.now();
  let first: number | null = null;
  let shownAt = began;
  return {
    now: terminal.now,
    warn: (line: string) => terminal.err(`${line}\n`),
    progress: ({ done, of }: Progress) => {
      first ??= done;
      const at = performance.now();
      if (at - shownAt < 1_000) return;
      shownAt = at;
      const rate = (done - first) / ((at - began) / 1_000);
      const rest = rate > 0 ? `${Math.ceil((of - done) / rate)} s` : '–';
      terminal.err(`${done} / ${of}  ${Math.round(rate)}/s  ${rest}\n`);
    },
  };
}

/** Two notes that cannot both be true are worth more than any report: each pair goes to a file. */
export async function keepEvidence(
  split: readonly SplitEvidence[],
  { state }: Options,
  language: Language,
): Promise<string[]> {
  const lines: string[] = [];
  for (const [n, pair] of split.entries()) {
    const folder = state === undefined ? '.' : dirname(resolve(state));
    const size = pair.second.note.split('\n')[1] ?? '0';
    const file = join(folder, `split-view-${size}${n === 0 ? '' : `-${n}`}.json`);
    await writeFile(file, `${JSON.stringify({ format: 'anchorleaf-split-view/v1', ...pair }, null, 2)}\n`);
    lines.push(sayAudit(language, 'evidence', { file }));
  }
  return lines;
}

// `npm run verify`: the same verdict as the page, in the terminal, by a program that is the reader's own.
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  check,
  type PinnedHead,
  type Report,
  type Root,
  readPinnedHead,
  readRoot,
  reportUnreached,
  type Verdict,
  VerificationError,
} from '#lib/verification';
import { type Language, say } from '#lib/wording';
import { ENGINES } from '../engines.ts';
import { makeRpc } from '../rpc.ts';
import { exitCodeOf, FAULT, UNREADABLE, USAGE } from './exit-code.ts';
import { formatReport, printable } from './print.ts';
import { readTarget, UnreadableTarget } from './target.ts';

const OPTIONS = {
  root: { type: 'string' },
  rpc: { type: 'string', multiple: true },
  offline: { type: 'boolean' },
  head: { type: 'string' },
  'accept-test-ledger': { type: 'boolean' },
  json: { type: 'boolean' },
  lang: { type: 'string' },
} as const;
const RPC_TIMEOUT_MS = 10_000;
/** Whoever was asked has no such passport: nothing was there to be judged. */
const NOT_KNOWN: Verdict = { status: 'unknown', code: 'content/not-known', detail: {}, evidence: [] };

export type Terminal = {
  readonly args: readonly string[];
  /** Root that this installation wrote, used without `--root`; may not exist. */
  readonly defaultRoot: string;
  readonly language: Language;
  /** RFC 3339. */
  readonly now: string;
  out(text: string): void;
  err(text: string): void;
};

/** @returns the exit code */
export async function verify(terminal: Terminal): Promise<number> {
  // whatever is printed may hold what strangers wrote, and a terminal obeys some of it
  const out = (text: string) => terminal.out(printable(text));
  const err = (text: string) => terminal.err(printable(text));
  try {
    return await run({ ...terminal, out, err });
  } catch (error) {
    err(`${error instanceof Error ? error.stack : String(error)}\n`);
    return FAULT;
  }
}

async function run(terminal: Terminal): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(terminal.args);
  } catch (error) {
    terminal.err(`${(error as Error).message}\n${say(terminal.language, 'cli/usage')}\n`);
    return USAGE;
  }
  const { values, target } = parsed;
  const language = values.lang === 'zh' || values.lang === 'en' ? values.lang : terminal.language;
  try {
    const root = await findRoot(values.root, terminal.defaultRoot);
    if (!root) terminal.err(`${say(language, 'cli/no-root')}\n`);
    const pinned = values.head && root ? [await readHead(values.head, root)] : [];
    const report = await judge(target, root, pinned, values.offline === true, values.rpc ?? [], terminal.now);
    const code = exitCodeOf(report, values['accept-test-ledger'] === true);
    terminal.out(values.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report, language));
    if (report.headline === 'matches' && code !== 0)
      terminal.err(`${say(language, 'cli/exit-test-ledger')}\n`);
    return code;
  } catch (error) {
    if (!(error instanceof UnreadableTarget || error instanceof VerificationError)) throw error;
    terminal.err(`${error.message}\n`);
    return UNREADABLE;
  }
}

function parse(args: readonly string[]) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [target] = positionals;
  if (!target || positionals.length > 1) throw new Error('give one bundle file or passport URL');
  if (values.lang !== undefined && values.lang !== 'zh' && values.lang !== 'en')
    throw new Error('--lang is zh or en');
  if (values.offline && values.rpc) throw new Error('--offline asks no endpoint: leave --rpc out');
  for (const endpoint of values.rpc ?? []) {
    if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
      throw new Error(`--rpc ${endpoint} is no http(s) URL`);
  }
  return { values, target };
}

async function judge(
  target: string,
  root: Root | null,
  pinned: readonly PinnedHead[],
  offline: boolean,
  endpoints: readonly string[],
  now: string,
): Promise<Report> {
  const found = await readTarget(target);
  if (found.kind === 'not-known') return reportUnreached('not-known', NOT_KNOWN);
  return check({
    bundle: found.bytes,
    root,
    code: found.code,
    now,
    engines: ENGINES,
    rpc: offline ? null : makeRpc({ timeoutMs: RPC_TIMEOUT_MS }),
    endpoints,
    recordHosts: found.hosts,
    pinned,
    operatorPage: null,
  });
}

/** The reader's file; its absence is no error, but then nothing can match. A given one must be readable. */
async function findRoot(given: string | undefined, fallback: string): Promise<Root | null> {
  const text = await readText(given ?? fallback, given !== undefined);
  return text === null ? null : readRoot(text);
}

async function readHead(path: string, root: Root): Promise<PinnedHead> {
  return readPinnedHead((await readText(path, true)) as string, root);
}

async function readText(path: string, required: boolean): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UnreadableTarget(`cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

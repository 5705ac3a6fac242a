// `npm run watch`: the audit again and again, each round from where the last one stood, and the code of the pages beside it.
// A round that cannot be finished is said and tried again; a contradiction ends it.
import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { type AuditState, checkPage, type Finding, finding, scriptsOf, weightOf } from '#lib/audit';
import { FAULT } from '../../../checker/src/cli/exit-code.ts';
import { type LogSource, SourceError } from '../log-source.ts';
import { readState } from '../state-file.ts';
import {
  identityOf,
  keepEvidence,
  type Prepared,
  prepare,
  progressTo,
  round,
  type Terminal,
} from './main.ts';
import { exitCodeOf, formatFinding } from './print.ts';

const MOST_GAPS = 5;

export type Watching = Terminal & {
  /** Waits this long, or until the program is to end. */
  wait(seconds: number): Promise<void>;
};

/** @returns exit code as `audit`; without `--rounds` only a contradiction or a mistake of ours ends it */
export async function watch(terminal: Watching): Promise<number> {
  try {
    const prepared = await prepare(terminal, 'usage-watch');
    return typeof prepared === 'number' ? prepared : await watchOn(terminal, prepared);
  } catch (error) {
    terminal.err(`${(error as Error).stack ?? error}\n`);
    return FAULT;
  }
}

async function watchOn(terminal: Watching, prepared: Prepared): Promise<number> {
  const { options, language, source } = prepared;
  let state = prepared.state;
  let code = 0;
  for (let n = 1; n <= options.rounds; n++) {
    if (n > 1) await terminal.wait(options.everySeconds);
    const stood = state?.tree.size;
    const result = await round(prepared, state, progressTo(terminal));
    state = result.state ?? (await stateAfter(prepared, state, stood));
    const pages = state ? await checkPages(source, options.pages, state) : [];
    const findings = [...result.findings, ...pages];
    code = exitCodeOf({ findings });
    const time = new Date(1000 * terminal.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const { size, root, heads, block, waiting, uncovered } = result;
    const line = { time, round: n, exit: code, size, root, heads, block, waiting, uncovered, findings };
    if (options.log !== undefined) await appendFile(options.log, `${JSON.stringify(line)}\n`);
    const sum =
      code === 0
        ? 'ok'
        : findings
            .filter((each) => weightOf(each) !== 'note')
            .map((each) => each.code)
            .join(' ');
    terminal.out(`${time}  ${size ?? '–'} entries  ${heads} heads  block ${block ?? '–'}  ${sum}\n`);
    // a round without an end is tried again; why it had none is said each time
    for (const found of findings.filter((each) => weightOf(each) === 'gap').slice(0, MOST_GAPS))
      terminal.err(formatFinding(found, language));
    if (code !== 1) continue;
    for (const found of findings.filter((each) => weightOf(each) === 'contradiction'))
      terminal.out(formatFinding(found, language));
    for (const text of await keepEvidence(result.split, options, language)) terminal.err(`${text}\n`);
    return code;
  }
  return code;
}

/**
 * Where the next round begins after one that was broken off. What that one found on its way is not in a state that it moved
 * on: then the file counts, or the beginning.
 */
export async function stateAfter(
  { options, root }: Pick<Prepared, 'options' | 'root'>,
  state: AuditState | null,
  stood: number | undefined,
): Promise<AuditState | null> {
  if (state?.tree.size === stood) return state;
  return options.state === undefined ? null : readState(options.state, identityOf(root));
}

/** Fetches the pages as anybody would, with their scripts, and compares these with the recorded ones. */
export async function checkPages(
  source: LogSource,
  paths: readonly string[],
  state: AuditState,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  if (source.kind === 'mirror') return findings;
  const digest = (algorithm: string, bytes: Uint8Array) =>
    new Uint8Array(createHash(algorithm).update(bytes).digest());
  for (const path of paths) {
    try {
      // as browsers read it: bytes that are no UTF-8 hide no script
      const html = new TextDecoder().decode(await source.page(path));
      const files = new Map<string, Uint8Array>();
      for (const script of scriptsOf(html)) if (script) files.set(script.src, await source.page(script.src));
      checkPage({ path, html }, files, digest, state.entries.facts.files, (found) => findings.push(found));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      findings.push(finding('source/unreachable', path, 'a page', error.message));
    }
  }
  return findings;
}

// What may be said on the command line, for `audit` and `watch` alike.
import { parseArgs } from 'node:util';

const OPTIONS = {
  root: { type: 'string' },
  rpc: { type: 'string', multiple: true },
  from: { type: 'string' },
  state: { type: 'string' },
  also: { type: 'string', multiple: true },
  note: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  'json-file': { type: 'string' },
  lang: { type: 'string' },
  every: { type: 'string' },
  rounds: { type: 'string' },
  page: { type: 'string', multiple: true },
  log: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export type Options = {
  readonly target: string;
  readonly root: string | undefined;
  readonly rpc: readonly string[];
  readonly from: number;
  readonly state: string | undefined;
  readonly also: readonly string[];
  /** Files of signed notes. */
  readonly notes: readonly string[];
  readonly all: boolean;
  /** `-` is the terminal. */
  readonly json: string | undefined;
  readonly lang: 'zh' | 'en' | undefined;
  readonly everySeconds: number;
  readonly rounds: number;
  readonly pages: readonly string[];
  readonly log: string | undefined;
};

/** Asked for the usage: no mistake. */
export class HelpWanted extends Error {
  override readonly name = 'HelpWanted';
}

/** @throws Error with one sentence; HelpWanted */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: splitJson(args),
    options: OPTIONS,
    allowPositionals: true,
  });
  if (values.help) throw new HelpWanted();
  const [target] = positionals;
  if (!target || positionals.length > 1)
    throw new Error('give one service URL, mirror URL or folder of a mirror');
  const { lang } = values;
  if (lang !== undefined && lang !== 'zh' && lang !== 'en') throw new Error('--lang is zh or en');
  for (const address of [
    ...(values.rpc ?? []),
    ...(values.also ?? []).filter((each) => each.includes('://')),
  ])
    if (!/^https?:\/\//.test(address) || !URL.canParse(address))
      throw new Error(`${address} is no http(s) URL`);
  const from = wholeNumber('from', values.from ?? '0');
  if (from > 0 && values.state !== undefined)
    throw new Error('--from begins in the middle, --state goes on where it stands: give one of them');
  return {
    target,
    root: values.root,
    rpc: values.rpc ?? [],
    from,
    state: values.state,
    also: values.also ?? [],
    notes: values.note ?? [],
    all: values.all === true,
    json: values['json-file'] ?? (values.json ? '-' : undefined),
    lang,
    everySeconds: seconds(values.every ?? '60s'),
    rounds: values.rounds === undefined ? Number.POSITIVE_INFINITY : wholeNumber('rounds', values.rounds),
    pages: values.page ?? ['/verify?lang=en', '/verify?lang=zh'],
    log: values.log,
  };
}

/** `--json` alone, or with a file behind it that ends in .json. */
function splitJson(args: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [arg = '', next = ''] = [args[at], args[at + 1]];
    const [name, file] = arg.split(/=(.*)/s, 2);
    if (name === '--json' && file !== undefined) out.push('--json-file', file);
    else if (arg === '--json' && /^[^-].*\.json$/.test(next) && !next.includes('://')) {
      out.push('--json-file', next);
      at += 1;
    } else out.push(arg);
  }
  return out;
}

function wholeNumber(name: string, text: string): number {
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw new Error(`--${name} ${text} is no whole number`);
}

function seconds(text: string): number {
  const [, count, unit = 's'] = /^([1-9]\d{0,5})(s|m|h)?$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`--every ${text} is no time such as 60s, 5m or 1h`);
  return Number(count) * { s: 1, m: 60, h: 3_600 }[unit as 's' | 'm' | 'h'];
}

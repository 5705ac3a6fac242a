// A log over HTTP. The other side is attacker-controlled: bounded time, bounded size, no redirects, no cookies; what fails
// for the moment is asked again, a few times, and then it is unreachable.
import { type ContentId, isJsonObject, parseStrict } from '#lib/canonical';
import { readBounded } from '../../checker/src/rpc.ts';
import { type ContentAnswer, type LogSource, readText, SourceError } from './log-source.ts';

/** 256 entries of 65,535 bytes, each behind two bytes of length. */
const MAX_ENTRY_TILE = 256 * (65_535 + 2);
const MAX_HASH_TILE = 256 * 32;
const MAX_CHECKPOINT = 1_000_000;
/** Twice what a document can have and still be read. */
const MAX_CONTENT = 2 * 1024 * 1024;
const MAX_PAGE = 4 * 1024 * 1024;
const TIMEOUT_MS = 20_000;
const ATTEMPTS = 4;
/** Of a document that was removed, and of one whose stored text is not the recorded one: 410, 409. */
const ANSWERS: ReadonlySet<number> = new Set([200, 404, 409, 410]);
const PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Pages are for people: whoever would show an auditor another page must not know one by its headers. */
const AS_A_BROWSER = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en,zh-CN;q=0.8',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

type Answer = { readonly status: number; readonly bytes: Uint8Array };

/** @param address of the service or mirror, with or without a path; paths are put behind it */
export class HttpSource implements LogSource {
  readonly name: string;
  readonly kind: LogSource['kind'];

  constructor(address: string, kind: LogSource['kind'] = 'service') {
    this.name = address.replace(/\/+$/, '');
    this.kind = kind;
  }

  async checkpoint(): Promise<string> {
    const path = 'log/checkpoint';
    return readText(await this.read(path, MAX_CHECKPOINT), `${this.name}/${path}`);
  }

  tile(path: string): Promise<Uint8Array> {
    return this.read(`log/${path}`, path.startsWith('tile/entries/') ? MAX_ENTRY_TILE : MAX_HASH_TILE);
  }

  async content(id: ContentId): Promise<ContentAnswer> {
    const { status, bytes } = await this.get(`log/contents/${id}`, MAX_CONTENT);
    if (status === 200) return { kind: 'found', bytes };
    if (status === 410) return { kind: 'erased', date: erasedDate(bytes) };
    return { kind: status === 409 ? 'altered' : 'absent' };
  }

  page(path: string, max = MAX_PAGE): Promise<Uint8Array> {
    return this.read(path.replace(/^\//, ''), max, AS_A_BROWSER);
  }

  private async read(path: string, max: number, headers: Record<string, string> = {}): Promise<Uint8Array> {
    const { status, bytes } = await this.get(path, max, headers);
    if (status === 200) return bytes;
    throw new SourceError('missing', `${this.name}/${path} was answered ${status}`);
  }

  /** Gives what is an answer; everything else is tried again. */
  private async get(path: string, max: number, headers: Record<string, string> = {}): Promise<Answer> {
    const url = `${this.name}/${path}`;
    let why = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      let pause = PAUSE_MS * 4 ** attempt;
      try {
        const response = await fetch(url, {
          headers,
          credentials: 'omit',
          redirect: 'manual',
          referrerPolicy: 'no-referrer',
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const { status } = response;
        if (ANSWERS.has(status)) return { status, bytes: await readBounded(response, max) };
        await response.body?.cancel();
        why = `was answered ${status}`;
        pause = Math.max(pause, 1_000 * Number(response.headers.get('retry-after') ?? 0) || 0);
        // a redirect, a refusal: the same will be said again
        if (status < 500 && status !== 429) break;
      } catch (error) {
        const { message, cause } = error as Error & { cause?: { code?: string } };
        why = `cannot be read: ${message}${cause?.code ? ` (${cause.code})` : ''}`;
      }
      if (attempt + 1 < ATTEMPTS)
        await new Promise((resolve) => setTimeout(resolve, Math.min(pause, LONGEST_PAUSE_MS)));
    }
    throw new SourceError('unreachable', `${url} ${why}`);
  }
}

/** The date of an erasure, from the problem document that a service answers; `–` when it does not say. */
function erasedDate(bytes: Uint8Array): string {
  try {
    const problem = parseStrict(bytes);
    const text = isJsonObject(problem) ? JSON.stringify(problem) : '';
    return /\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?/.exec(text)?.[0] ?? '–';
  } catch {
    return '–';
  }
}

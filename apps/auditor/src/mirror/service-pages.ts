// What a mirror takes from a service beside its log: lists, passports in their forms, pages. Attacker-controlled: bounded
// time and size, no redirects but the one of a printed code, which is not followed.
import { isJsonObject, type JsonObject, parseStrict } from '#lib/canonical';
import { MAX_BUNDLE_BYTES } from '#lib/verification';
import { readBounded } from '../../../checker/src/rpc.ts';
import { SourceError } from '../log-source.ts';
import { isRelease } from './layout.ts';

const MAX_PAGE = 4 * 1024 * 1024;
const MAX_ASSET = 8 * 1024 * 1024;
const TIMEOUT_MS = 20_000;

export type Page = { readonly bytes: Uint8Array; readonly policy: string };

function understood<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SourceError('malformed', `${path} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

export class ServicePages {
  private readonly address: string;
  constructor(address: string) {
    this.address = address;
  }

  /** Null: no such thing (404), or gone (410). */
  async get(path: string, accept = '*/*', max = MAX_PAGE): Promise<Page | null> {
    const response = await this.ask(path, accept);
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      return null;
    }
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new SourceError('unreachable', `${this.address}/${path} was answered ${response.status}`);
    }
    const policy = response.headers.get('content-security-policy') ?? '';
    try {
      return { bytes: await readBounded(response, max), policy };
    } catch (cause) {
      throw new SourceError('malformed', `${this.address}/${path}: ${(cause as Error).message}`, { cause });
    }
  }

  bundle(release: string): Promise<Page | null> {
    return this.get(`passports/${release}/bundle`, 'application/json', MAX_BUNDLE_BYTES);
  }

  asset(name: string): Promise<Page | null> {
    return this.get(`assets/${name}`, '*/*', MAX_ASSET);
  }

  /** The release that a printed code leads to. */
  async resolve(code: string): Promise<string | null> {
    const response = await this.ask(code.replace(/^\//, ''), 'text/html');
    await response.body?.cancel();
    const found = /\/passports\/([^/?]+)$/.exec(response.headers.get('location') ?? '')?.[1];
    return response.status === 307 && isRelease(found) ? found : null;
  }

  /** Ids of all minted releases, oldest first; null for a service that lists none. */
  async *releases(): AsyncGenerator<string> {
    const index = await this.object('passports/index.json');
    const count = Number(index?.count ?? 0);
    const pageSize = Number(index?.pageSize ?? 0);
    if (!Number.isSafeInteger(count) || !(pageSize >= 1)) return;
    const seen = new Set<string>();
    for (let page = 0; page * pageSize < count; page++) {
      const list = await this.object(`passports/index/${page}.json`);
      const before = seen.size;
      for (const each of Array.isArray(list?.releases) ? list.releases : []) {
        if (!isJsonObject(each) || !isRelease(each.release) || seen.has(each.release)) continue;
        seen.add(each.release);
        yield each.release;
      }
      // a list that promises more than it has would be asked for ever
      if (seen.size === before)
        throw new SourceError('malformed', `${this.address}/passports/index/${page}.json names nothing new`);
    }
  }

  async object(path: string): Promise<JsonObject | null> {
    const page = await this.get(path, 'application/json');
    const value = page && understood(path, () => parseStrict(page.bytes, { maxBytes: MAX_PAGE }));
    return isJsonObject(value ?? undefined) ? (value as JsonObject) : null;
  }

  private async ask(path: string, accept: string): Promise<Response> {
    try {
      return await fetch(`${this.address}/${path}`, {
        headers: { accept },
        credentials: 'omit',
        redirect: 'manual',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (cause) {
      throw new SourceError(
        'unreachable',
        `${this.address}/${path} cannot be read: ${(cause as Error).message}`,
        { cause },
      );
    }
  }
}

// What to check: a bundle file, or the address of a passport or printed code, which is followed to its bundle.
import { readFile, stat } from 'node:fs/promises';
import { MAX_BUNDLE_BYTES } from '#lib/verification';
import { readBounded } from '../rpc.ts';

export type Target =
  | {
      readonly kind: 'bundle';
      readonly bytes: Uint8Array;
      readonly code: string | null;
      readonly hosts: readonly string[];
    }
  /** The address was answered, and there is no such passport. */
  | { readonly kind: 'not-known'; readonly hosts: readonly string[] };

/** The file or address cannot be read: exit 65. */
export class UnreadableTarget extends Error {
  override readonly name = 'UnreadableTarget';
}

const MAX_REDIRECTS = 5;
const TIMEOUT_MS = 15_000;

export async function readTarget(target: string): Promise<Target> {
  return /^https?:\/\//i.test(target) ? readAddress(target) : readBundleFile(target);
}

async function readBundleFile(path: string): Promise<Target> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BUNDLE_BYTES) throw new Error(`it has ${size} bytes, more than ${MAX_BUNDLE_BYTES}`);
    return { kind: 'bundle', bytes: new Uint8Array(await readFile(path)), code: null, hosts: [] };
  } catch (cause) {
    throw new UnreadableTarget(`cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Follows redirects itself, so that every host on the way counts as the record's own: none of them may be the one that
 * tells what the chain says.
 */
async function readAddress(address: string): Promise<Target> {
  const hosts: string[] = [];
  let url = addressIn(address);
  const code = codeOf(url.pathname);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    hosts.push(url.host);
    const response = await get(url);
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location) {
      url = addressIn(location, url);
      if (!/^https?:$/.test(url.protocol)) throw new UnreadableTarget(`${address} leads to ${url.protocol}`);
      continue;
    }
    if (response.status === 404 || response.status === 410) return { kind: 'not-known', hosts };
    if (!response.ok) throw new UnreadableTarget(`${url} was answered ${response.status}`);
    try {
      const bytes = await readBounded(response, MAX_BUNDLE_BYTES);
      return { kind: 'bundle', bytes, code, hosts };
    } catch (cause) {
      throw new UnreadableTarget(`${url}: ${(cause as Error).message}`, { cause });
    }
  }
  throw new UnreadableTarget(`${address} is redirected more than ${MAX_REDIRECTS} times`);
}

/** What was typed or what a server sends its reader on to: neither need be an address at all. */
function addressIn(text: string, base?: URL): URL {
  const url = URL.parse(text, base);
  if (!url) throw new UnreadableTarget(`${text} is no address`);
  return url;
}

async function get(url: URL): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    throw new UnreadableTarget(`${url} cannot be reached: ${(cause as Error).message}`, { cause });
  }
}

/** A printed code's path; a passport's own address carries no code. */
function codeOf(path: string): string | null {
  return /^\/(01|id)\//.test(path) ? path.replace(/\/$/, '') : null;
}

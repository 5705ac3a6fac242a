// What to check: a bundle file, or the address of a passport or printed code, which is followed to its bundle. In a mirror
// both are pages, on a static host or in a folder: a page names its bundle in a link of type application/json.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
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

async function readBundleFile(target: string): Promise<Target> {
  try {
    const path = (await stat(target)).isDirectory() ? await bundleIn(target) : target;
    const { size } = await stat(path);
    if (size > MAX_BUNDLE_BYTES) throw new Error(`it has ${size} bytes, more than ${MAX_BUNDLE_BYTES}`);
    return { kind: 'bundle', bytes: new Uint8Array(await readFile(path)), code: null, hosts: [] };
  } catch (cause) {
    throw new UnreadableTarget(`cannot read ${target}: ${(cause as Error).message}`, { cause });
  }
}

/** The bundle of a passport's or printed code's folder in a mirror. */
async function bundleIn(folder: string): Promise<string> {
  const names = await readdir(folder);
  if (names.includes('bundle.json')) return join(folder, 'bundle.json');
  if (names.includes('mirror.json'))
    throw new Error(`it is a whole mirror: name one passport of it, such as ${await exampleOf(folder)}`);
  const page = names.includes('index.html') ? await readFile(join(folder, 'index.html'), 'utf8') : '';
  const link = bundleLink(page);
  if (link === null) throw new Error('there is no bundle in this folder');
  return join(folder, link);
}

async function exampleOf(folder: string): Promise<string> {
  const [release = '…'] = await readdir(join(folder, 'passports')).catch(() => []);
  return join(folder, 'passports', release);
}

/** Address of the bundle that a page names, relative to the page; null for a page that names none. */
function bundleLink(html: string): string | null {
  for (const [link] of html.matchAll(/<link\b[^>]*>/g)) {
    if (!/\brel="alternate"/.test(link) || !/\btype="application\/json"/.test(link)) continue;
    return /\bhref="([^"]*)"/.exec(link)?.[1]?.replaceAll('&amp;', '&') ?? null;
  }
  return null;
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
      const link = isPage(response) ? bundleLink(new TextDecoder().decode(bytes)) : null;
      if (link !== null) {
        url = new URL(link, url);
        if (!/^https?:$/.test(url.protocol)) throw new Error(`its bundle is at ${url.protocol}`);
        continue;
      }
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

const isPage = (response: Response) => /^text\/html\b/i.test(response.headers.get('content-type') ?? '');

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

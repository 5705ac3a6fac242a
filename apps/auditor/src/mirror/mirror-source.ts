// Reading from a mirror: a folder on this machine, or any static host.
import { readFile, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { type ContentId, isJsonObject, type JsonObject, parseStrict } from '#lib/canonical';
import { HttpSource } from '../http-source.ts';
import { type ContentAnswer, type LogSource, readText, SourceError } from '../log-source.ts';
import { contentPath, erasedPath, MIRROR_FILE, MIRROR_FORMAT } from './layout.ts';

const MAX_FILE = 64 * 1024 * 1024;

type Pages = Pick<LogSource, 'name' | 'page'>;

/** What `docs/formats/mirror.md` says of contents, over files that are fetched somehow. */
async function readContent(pages: Pages, id: ContentId): Promise<ContentAnswer> {
  const bytes = await pageOrNull(pages, contentPath(id));
  if (bytes) return { kind: 'found', bytes };
  const erased = await pageOrNull(pages, erasedPath(id));
  if (!erased) return { kind: 'absent' };
  const { date } = readObject(erased);
  return { kind: 'erased', date: typeof date === 'string' ? date : '–' };
}

async function pageOrNull(pages: Pages, path: string): Promise<Uint8Array | null> {
  try {
    return await pages.page(path);
  } catch (error) {
    if (error instanceof SourceError && error.kind === 'missing') return null;
    throw error;
  }
}

function readObject(bytes: Uint8Array): JsonObject {
  try {
    const value = parseStrict(bytes, { maxBytes: MAX_FILE });
    return isJsonObject(value) ? value : {};
  } catch {
    return {}; // attacker-controlled
  }
}

/** A mirror's folder. */
export class FolderSource implements LogSource {
  readonly kind = 'mirror';
  readonly name: string;

  constructor(folder: string) {
    this.name = folder;
  }

  async checkpoint(): Promise<string> {
    return readText(await this.page('log/checkpoint'), `${this.name}/log/checkpoint`);
  }

  tile(path: string): Promise<Uint8Array> {
    return this.page(`log/${path}`);
  }

  content(id: ContentId): Promise<ContentAnswer> {
    return readContent(this, id);
  }

  async page(path: string): Promise<Uint8Array> {
    const inside = normalize(path.replace(/^\/+/, ''));
    if (inside.startsWith('..')) throw new SourceError('missing', `${path} is not in ${this.name}`);
    try {
      const file = join(this.name, inside);
      const found = await stat(file);
      // a mirror came from somebody: a device or a pipe in it would never end
      if (!found.isFile()) throw new SourceError('missing', `${file} is no file`);
      const { size } = found;
      if (size > MAX_FILE) throw new SourceError('malformed', `${file} has ${size} bytes`);
      return new Uint8Array(await readFile(file));
    } catch (cause) {
      if (cause instanceof SourceError) throw cause;
      const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      throw new SourceError(isMissing ? 'missing' : 'unreachable', (cause as Error).message, { cause });
    }
  }
}

/** A mirror on a static host: tiles and checkpoint as a service has them, contents by their file names. */
export class MirrorAddress implements LogSource {
  readonly kind = 'mirror';
  readonly name: string;
  private readonly files: HttpSource;

  constructor(address: string) {
    this.files = new HttpSource(address, 'mirror');
    this.name = this.files.name;
  }

  checkpoint(): Promise<string> {
    return this.files.checkpoint();
  }

  tile(path: string): Promise<Uint8Array> {
    return this.files.tile(path);
  }

  content(id: ContentId): Promise<ContentAnswer> {
    return readContent(this, id);
  }

  page(path: string): Promise<Uint8Array> {
    // names every file of a large mirror
    return this.files.page(path, path === MIRROR_FILE ? MAX_FILE : undefined);
  }
}

function isOrigin(target: string, origin: string | undefined): boolean {
  if (!URL.canParse(target)) return false;
  const { host, pathname } = new URL(target);
  return `${host}${pathname.replace(/\/+$/, '')}/log` === origin;
}

/**
 * A service, a mirror's address or a mirror's folder, told apart by what is there. Less is asked of a mirror: so the host
 * that the log is named after is the service, whatever it says of itself.
 * @param origin of the log, as the reader's root names it
 * @throws SourceError
 */
export async function openSource(target: string, origin?: string): Promise<LogSource> {
  if (!/^https?:\/\//i.test(target)) {
    const folder = new FolderSource(target);
    await folder.checkpoint();
    return folder;
  }
  if (isOrigin(target, origin)) return new HttpSource(target);
  const mirror = new MirrorAddress(target);
  const facts = await pageOrNull(mirror, MIRROR_FILE);
  return facts && readObject(facts).format === MIRROR_FORMAT ? mirror : new HttpSource(target);
}

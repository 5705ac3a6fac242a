// Reading from a mirror: a folder on this machine, or any static host.
import { readFile, stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { type ContentId, fromUtf8, isJsonObject, type JsonObject, parseStrict } from '#lib/canonical';
import { HttpSource } from '../http-source.ts';
import { type ContentAnswer, type LogSource, SourceError } from '../log-source.ts';
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
    return fromUtf8(await this.page('log/checkpoint'));
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
      const { size } = await stat(file);
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
    return this.files.page(path);
  }
}

/** A service, a mirror's address or a mirror's folder, told apart by what is there. @throws SourceError */
export async function openSource(target: string): Promise<LogSource> {
  if (!/^https?:\/\//i.test(target)) {
    const folder = new FolderSource(target);
    await folder.checkpoint();
    return folder;
  }
  const mirror = new MirrorAddress(target);
  const facts = await pageOrNull(mirror, MIRROR_FILE);
  return facts && readObject(facts).format === MIRROR_FORMAT ? mirror : new HttpSource(target);
}

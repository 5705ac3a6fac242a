// The folder of a mirror that is being made. What cannot be known to be right before the last byte is there goes into
// `.new` first and gets its place when the root fits; a run that was cut off leaves at most that folder, which is removed.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const STAGE = '.new';

export class MirrorFolder {
  /** SHA-256 of files that do not prove themselves. */
  readonly hashes: Record<string, string> = {};
  written = 0;
  private readonly staged: string[] = [];

  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async open(path: string): Promise<MirrorFolder> {
    await mkdir(path, { recursive: true });
    await rm(join(path, STAGE), { recursive: true, force: true });
    return new MirrorFolder(path);
  }

  async read(path: string): Promise<Uint8Array | null> {
    try {
      return new Uint8Array(await readFile(join(this.path, path)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async has(path: string): Promise<boolean> {
    return stat(join(this.path, path)).then(
      ({ size }) => size > 0,
      () => false,
    );
  }

  /** The whole file or nothing. */
  async write(path: string, bytes: Uint8Array | string): Promise<void> {
    const target = join(this.path, path);
    await put(`${target}.new`, bytes);
    await rename(`${target}.new`, target);
    this.written += 1;
  }

  /** As `write`, and its hash goes into `mirror.json`. */
  async writeListed(path: string, bytes: Uint8Array | string): Promise<void> {
    await this.write(path, bytes);
    this.hashes[path] = createHash('sha256').update(bytes).digest('hex');
  }

  /** Notes the hash of a file that is there already. */
  note(path: string, bytes: Uint8Array): void {
    this.hashes[path] = createHash('sha256').update(bytes).digest('hex');
  }

  /** Names of folders in a folder, sorted; none when it is not there. */
  async list(path: string): Promise<string[]> {
    const found = await readdir(join(this.path, path), { withFileTypes: true }).catch(() => []);
    return found.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.path, path), { force: true });
  }

  /** Kept aside until `publish`. */
  async stage(path: string, bytes: Uint8Array): Promise<void> {
    await put(join(this.path, STAGE, path), bytes);
    this.staged.push(path);
  }

  /** What was staged takes its place. */
  async publish(): Promise<void> {
    for (const path of this.staged.splice(0)) {
      const target = join(this.path, path);
      await mkdir(dirname(target), { recursive: true });
      await rename(join(this.path, STAGE, path), target);
      this.written += 1;
    }
    await this.discard();
  }

  async discard(): Promise<void> {
    await rm(join(this.path, STAGE), { recursive: true, force: true });
  }
}

async function put(target: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const file = await open(target, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { sha256, toHex } from '#lib/canonical';
import { Clock } from '../clock.ts';
import { notFound, RefusalError } from '../http/refusal.ts';
import { MAX_FILE_BYTES } from '../http/strict-json.ts';
import { Installation } from '../installation/installation.ts';
import { Random } from '../random.ts';
import { StoredFile } from './stored-file.entity.ts';

/**
 * The store room: `DATA_DIR/files/{first two hex digits}/{sha256}`. Content-addressed, so a file is written once and never
 * changed. Who may read it is decided by the rows, never by the hash.
 */
@Injectable()
export class FilesService {
  constructor(
    @InjectRepository(StoredFile) private readonly rows: Repository<StoredFile>,
    private readonly installation: Installation,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /**
   * Keeps the bytes durably and notes whose they are. The same file of the same organisation is one row.
   * @throws RefusalError `files/too-large`, `files/empty`
   */
  async keep(organisation: string, name: string, bytes: Uint8Array): Promise<StoredFile> {
    if (bytes.length === 0)
      throw new RefusalError({
        status: 400,
        code: 'files/empty',
        detail: `${shownName(name)} has no bytes`,
        remedy: 'choose the file again; it may still have been open or not yet saved',
      });
    if (bytes.length > MAX_FILE_BYTES)
      throw new RefusalError({
        status: 413,
        code: 'files/too-large',
        detail: `${shownName(name)} has ${bytes.length} bytes, at most ${MAX_FILE_BYTES} are taken`,
        remedy: 'split the file, for instance one workbook for each half year',
      });
    const hash = toHex(sha256(bytes));
    await this.write(hash, bytes);
    await this.rows
      .createQueryBuilder()
      .insert()
      .values({
        id: this.random.uuid(),
        organisation,
        sha256: hash,
        bytes: String(bytes.length),
        name: shownName(name),
        createdAt: this.clock.now(),
      })
      .orIgnore()
      .execute();
    return this.rows.findOneByOrFail({ organisation, sha256: hash });
  }

  /** @throws RefusalError 404 for what is not there or not theirs */
  async find(organisation: string, id: string): Promise<StoredFile> {
    const row = await this.rows.findOneBy({ organisation, id });
    if (!row) throw notFound('file');
    return row;
  }

  /** The bytes of a file of this organisation, or null. */
  async read(organisation: string, id: string): Promise<Uint8Array | null> {
    const row = await this.rows.findOneBy({ organisation, id });
    return row && new Uint8Array(await readFile(this.pathOf(row.sha256)));
  }

  private pathOf(hash: string): string {
    return this.installation.pathOf('files', hash.slice(0, 2), hash);
  }

  /** After this line the file is there whole and durable, also when another request wrote it at the same time. */
  private async write(hash: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(hash);
    const there = await stat(path).catch(() => null);
    if (there?.size === bytes.length) return;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const temporary = `${path}.${this.random.uuid()}`;
    const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
      await file.close();
      await rename(temporary, path);
    } catch (error) {
      await file.close().catch(() => undefined);
      await unlink(temporary).catch(() => undefined);
      throw error;
    }
  }
}

/** A name from outside: one line, no path, at most 200 characters, all of them such as a name in a document may hold. */
export function shownName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const seen = last.normalize('NFC').replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, '');
  return [...seen].slice(0, 200).join('').trim() || 'file';
}

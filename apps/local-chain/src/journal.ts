import { hash } from 'node:crypto';
import { type FileHandle, open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ChainRefusal } from './refusal.ts';

/** An account that has a balance from the start. `balance` is wei as a decimal string. */
type Account = { readonly address: string; readonly balance: string };

/** What the caller asks for. It has to be what the journal was begun with. */
export type ChainSettings = {
  readonly chainId: number;
  readonly hardfork: string;
  readonly blockGasLimit: string;
  readonly accounts: readonly Account[];
};

/**
 * First line of a journal: everything the first block follows from. `salt` (32 random bytes, hex) keeps two
 * chains with the same accounts apart; `genesis` is the hash of block 0.
 */
export type Header = ChainSettings & {
  readonly format: 'anchorleaf-chain/v1';
  readonly initialDate: string;
  readonly salt: string;
  readonly genesis: string;
};

/** Each further line: one transaction = one block. `time` is the block's timestamp in seconds. */
export type JournalBlock = { readonly time: number; readonly raw: string; readonly block: string };

/**
 * A journal file: JSON lines, each ending in `"sum"`, the first 16 hex digits of SHA-256 over the line before it.
 * A line without its line feed was cut off while it was written, so nobody ever got an answer for it: it is set
 * aside. Any other line that does not match its sum is damage, and damage is never skipped.
 */
export class Journal {
  readonly file: string;
  readonly header: Header;
  #handle: FileHandle;
  #end: number;

  private constructor(file: string, header: Header, handle: FileHandle, end: number) {
    this.file = file;
    this.header = header;
    this.#handle = handle;
    this.#end = end;
  }

  /** Makes the file with its header, all or nothing. */
  static async create(file: string, header: Header): Promise<Journal> {
    const begun = `${file}.new`;
    await writeFile(begun, formatLine(header), { mode: 0o600, flush: true });
    await rename(begun, file);
    await syncFolder(dirname(file));
    const handle = await open(file, 'r+');
    return new Journal(file, header, handle, (await handle.stat()).size);
  }

  /** Opens a journal at its first block. @throws ChainRefusal chain/journal-damaged */
  static async open(file: string): Promise<Journal> {
    const handle = await open(file, 'r+');
    for await (const { bytes, whole } of readLines(handle, 0)) {
      const header = whole ? parseLine(bytes) : null;
      if (isHeader(header)) return new Journal(file, header, handle, bytes.length + 1);
      break;
    }
    await handle.close();
    throw damaged(file, 1);
  }

  /**
   * Every block with its line number, oldest first; has to be read to its end before the first `append`.
   * A last line that was cut off is set aside and told to `warn`. @throws ChainRefusal chain/journal-damaged
   */
  async *blocks(warn: (message: string) => void): AsyncGenerator<JournalBlock & { readonly line: number }> {
    let line = 1;
    for await (const { bytes, whole } of readLines(this.#handle, this.#end)) {
      line += 1;
      if (!whole) {
        await this.#setAside(bytes, warn);
        break;
      }
      const block = parseLine(bytes);
      if (!isBlock(block)) throw damaged(this.file, line);
      this.#end += bytes.length + 1;
      yield { time: block.time, raw: block.raw, block: block.block, line };
    }
  }

  /** Cuts off what follows the last whole line, and keeps it: nothing is ever destroyed. */
  async #setAside(bytes: Buffer, warn: (message: string) => void): Promise<void> {
    const aside = `${this.file}.cut-at-${this.#end}`;
    await writeFile(aside, bytes, { mode: 0o600, flush: true });
    await this.#handle.truncate(this.#end);
    await this.#handle.sync();
    warn(
      `the last line of ${this.file} was cut off while it was written, and answered to nobody: kept in ${aside}`,
    );
  }

  /**
   * Adds blocks and returns when they are on the disk.
   * @throws ChainRefusal chain/not-written (disk full …), chain/journal-shared (somebody else wrote to the file)
   */
  async append(blocks: readonly JournalBlock[]): Promise<void> {
    const bytes = Buffer.from(blocks.map(formatLine).join(''));
    const { size } = await this.#handle.stat();
    if (size !== this.#end) {
      throw new ChainRefusal(
        'chain/journal-shared',
        `${this.file} has ${size} bytes where this process left ${this.#end}: another process writes to it; end one of the two`,
      );
    }
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await this.#handle.write(bytes, done, bytes.length - done, this.#end + done)).bytesWritten;
      }
      await this.#handle.datasync();
    } catch (error) {
      // What was refused to the caller should not come back after a restart either.
      await this.#handle.truncate(this.#end).catch(() => undefined);
      throw new ChainRefusal(
        'chain/not-written',
        `the chain's journal could not be written (${(error as Error).message}): make room on the disk, then start again`,
        { cause: error },
      );
    }
    this.#end += bytes.length;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** One line with its sum and line feed. */
export function formatLine(value: Header | JournalBlock): string {
  const text = JSON.stringify(value).slice(0, -1);
  return `${text},"sum":"${sumOf(text)}"}\n`;
}

/** The value of a line without line feed, or null when it does not match its sum. */
function parseLine(bytes: Buffer): Record<string, unknown> | null {
  const text = bytes.toString('utf8');
  const cut = text.lastIndexOf(',"sum":"');
  if (cut < 0 || text.slice(cut) !== `,"sum":"${sumOf(text.slice(0, cut))}"}`) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sumOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16);
}

function isHeader(value: unknown): value is Header {
  return (value as Header | null)?.format === 'anchorleaf-chain/v1';
}

function isBlock(value: unknown): value is JournalBlock {
  const block = value as JournalBlock | null;
  return (
    Number.isSafeInteger(block?.time) && typeof block?.raw === 'string' && typeof block.block === 'string'
  );
}

function damaged(file: string, line: number): ChainRefusal {
  return new ChainRefusal(
    'chain/journal-damaged',
    `line ${line} of ${file} is damaged, and the blocks after it stand on it: restore the file from a backup`,
  );
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // a folder cannot be opened there
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}

type Line = { readonly bytes: Buffer; readonly whole: boolean };

/** Lines without their line feed; the last one is not whole when the file does not end with a line feed. */
async function* readLines(handle: FileHandle, start: number): AsyncGenerator<Line> {
  const chunk = Buffer.alloc(1 << 20);
  let parts: Buffer[] = [];
  let position = start;
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0 && at < bytesRead; at = chunk.indexOf(10, from)) {
      yield { bytes: Buffer.concat([...parts, chunk.subarray(from, at)]), whole: true };
      parts = [];
      from = at + 1;
    }
    if (from < bytesRead) parts.push(Buffer.from(chunk.subarray(from, bytesRead)));
  }
  if (parts.length > 0) yield { bytes: Buffer.concat(parts), whole: false };
}

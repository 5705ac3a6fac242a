/**
 * A ZIP archive (PKWARE APPNOTE 6.3) as a list of parts whose compressed bytes are carried, not unpacked. The file is
 * attacker-controlled: every offset is checked, parts may not share bytes, and nothing is inflated that is not asked for.
 */
import { concat, equalBytes, fromUtf8 } from '#lib/canonical';
import { crc32 } from './crc32.ts';
import { notXlsx, WorkbookError } from './errors.ts';

/** Raw DEFLATE (RFC 1951), from the platform or a library. */
export interface Codec {
  /** Must stop and throw once the output passes `most` bytes. */
  inflate(raw: Uint8Array, most: number): Uint8Array;
  /** The same input always gives the same output. */
  deflate(bytes: Uint8Array): Uint8Array;
}

export interface Limits {
  readonly fileBytes: number;
  readonly parts: number;
  /** Bytes of all parts that one patch unpacks together. */
  readonly unpackedBytes: number;
}

export const LIMITS: Limits = {
  fileBytes: 20 * 1024 * 1024,
  parts: 2_000,
  unpackedBytes: 100 * 1024 * 1024,
};

export interface Part {
  readonly name: string;
  readonly nameBytes: Uint8Array;
  /** Central directory header without name, extra field and comment. */
  readonly header: Uint8Array;
  readonly extra: Uint8Array;
  readonly comment: Uint8Array;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  /** As it stands in the archive. */
  readonly data: Uint8Array;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export function readArchive(bytes: Uint8Array, limits: Limits): readonly Part[] {
  if (bytes.length > limits.fileBytes) {
    throw new WorkbookError(
      'workbook/file-too-large',
      '',
      `the workbook has ${bytes.length} bytes, at most ${limits.fileBytes} are read`,
      'remove pictures or split it',
    );
  }
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) throw notXlsx('this is an old .xls or an encrypted workbook');
  const at = view(bytes);
  const end = endOfDirectory(at);
  const count = at.getUint16(end + 10, true);
  if (count > limits.parts) throw notXlsx(`the archive says it has ${count} parts`);
  const parts: Part[] = [];
  const names = new Set<string>();
  const ranges: [number, number][] = [];
  let cursor = at.getUint32(end + 16, true);
  for (let index = 0; index < count; index += 1) {
    const { part, from, to, next } = readPart(bytes, at, cursor, end);
    if (names.has(part.name)) throw notXlsx(`the archive holds ${JSON.stringify(part.name)} twice`);
    names.add(part.name);
    ranges.push([from, to]);
    parts.push(part);
    cursor = next;
  }
  ranges.sort(([a], [b]) => a - b);
  if (ranges.some(([from], index) => index > 0 && from < (ranges[index - 1]?.[1] ?? 0)))
    throw notXlsx('parts of the archive lie on each other');
  return parts;
}

function endOfDirectory(at: DataView): number {
  const least = Math.max(0, at.byteLength - 22 - 0xffff);
  for (let end = at.byteLength - 22; end >= least; end -= 1) {
    if (at.getUint32(end, true) === END && end + 22 + at.getUint16(end + 20, true) === at.byteLength)
      return end;
  }
  throw notXlsx('the file is no .xlsx workbook');
}

function readPart(bytes: Uint8Array, at: DataView, start: number, end: number) {
  if (start + 46 > end || at.getUint32(start, true) !== CENTRAL)
    throw notXlsx('the list of parts is damaged');
  const flags = at.getUint16(start + 8, true);
  const size = at.getUint32(start + 24, true);
  const compressed = at.getUint32(start + 20, true);
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
    at.getUint16(start + offset, true),
  ) as [number, number, number];
  const local = at.getUint32(start + 42, true);
  if ((flags & 1) !== 0) throw notXlsx('the archive is encrypted');
  if ([size, compressed, local].includes(0xffffffff)) throw notXlsx('the archive is of the Zip64 kind');
  const next = start + 46 + nameLength + extraLength + commentLength;
  if (next > end) throw notXlsx('the list of parts is damaged');
  const nameBytes = bytes.subarray(start + 46, start + 46 + nameLength);
  if (local + 30 > end || at.getUint32(local, true) !== LOCAL)
    throw notXlsx('a part is not where the list says');
  const localName = local + 30 + at.getUint16(local + 26, true);
  const from = localName + at.getUint16(local + 28, true);
  if (from + compressed > end || !equalBytes(bytes.subarray(local + 30, localName), nameBytes))
    throw notXlsx('a part is not where the list says');
  const part: Part = {
    name: text(nameBytes),
    nameBytes,
    header: bytes.subarray(start, start + 46),
    extra: bytes.subarray(start + 46 + nameLength, start + 46 + nameLength + extraLength),
    comment: bytes.subarray(next - commentLength, next),
    method: at.getUint16(start + 10, true),
    crc: at.getUint32(start + 16, true),
    size,
    data: bytes.subarray(from, from + compressed),
  };
  return { part, from: local, to: from + compressed, next };
}

function text(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw notXlsx('the name of a part is not UTF-8', cause);
  }
}

/** The content of a part, checked against its length and CRC-32. */
export function unpack(part: Part, codec: Codec, most: number): Uint8Array {
  const tooLarge = () =>
    new WorkbookError(
      'workbook/unpacked-too-large',
      '',
      `${part.name} unpacks to more than ${most} bytes`,
      'delete empty formatted rows and columns and save it again',
    );
  if (part.size > most) throw tooLarge();
  let content: Uint8Array;
  if (part.method === STORED) content = part.data;
  else if (part.method === DEFLATED) {
    try {
      content = codec.inflate(part.data, part.size);
    } catch (cause) {
      throw notXlsx(`${part.name} is damaged or longer than it says`, cause);
    }
  } else throw notXlsx(`${part.name} is packed in a way (${part.method}) that Excel does not write`);
  if (content.length !== part.size || crc32(content) !== part.crc)
    throw notXlsx(`${part.name} is damaged: length or checksum differ`);
  return content;
}

export function repack(part: Part, content: Uint8Array, codec: Codec): Part {
  return {
    ...part,
    method: DEFLATED,
    crc: crc32(content),
    size: content.length,
    data: codec.deflate(content),
  };
}

/** The archive again, in the old order; times and attributes of the parts stay. */
export function writeArchive(parts: readonly Part[]): Uint8Array {
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const part of parts) {
    const header = part.header.slice();
    const fields = view(header);
    // Sizes stand in the header now, so no data descriptor follows (bit 3); the name keeps its encoding (bit 11).
    fields.setUint16(8, fields.getUint16(8, true) & 0x0800, true);
    fields.setUint16(10, part.method, true);
    fields.setUint32(16, part.crc, true);
    fields.setUint32(20, part.data.length, true);
    fields.setUint32(24, part.size, true);
    fields.setUint32(42, offset, true);
    const local = new Uint8Array(30);
    const localFields = view(local);
    localFields.setUint32(0, LOCAL, true);
    // version needed, flags, method, time, date, CRC, sizes: the same 22 bytes in both headers
    local.set(header.subarray(6, 28), 4);
    localFields.setUint16(26, part.nameBytes.length, true);
    body.push(local, part.nameBytes, part.data);
    directory.push(header, part.nameBytes, part.extra, part.comment);
    offset += 30 + part.nameBytes.length + part.data.length;
  }
  const length = directory.reduce((sum, each) => sum + each.length, 0);
  const end = new Uint8Array(22);
  const fields = view(end);
  fields.setUint32(0, END, true);
  fields.setUint16(8, parts.length, true);
  fields.setUint16(10, parts.length, true);
  fields.setUint32(12, length, true);
  fields.setUint32(16, offset, true);
  return concat(...body, ...directory, end);
}

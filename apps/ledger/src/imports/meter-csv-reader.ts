/** A meter's CSV file into one sheet of text cells: UTF-8 with or without BOM, GB18030 as Chinese Excel saves it, UTF-16. */

import { parse } from 'csv-parse/sync';
import { EvidenceError, type Sheet } from '#lib/evidence';
import { LIMITS } from './xlsx-archive.ts';

/** @throws {EvidenceError} evidence/file-too-large, /too-many-cells, /not-csv */
export function readMeterCsv(bytes: Uint8Array, name: string): Sheet {
  if (bytes.length > LIMITS.fileBytes) {
    throw new EvidenceError(
      'evidence/file-too-large',
      `the file has ${bytes.length} bytes; at most 20 MB, split it by year`,
    );
  }
  const text = decode(bytes);
  return {
    name,
    hidden: false,
    rows: parseRows(text).map((row) =>
      row.map((cell) => (cell === '' ? null : { kind: 'text', text: cell })),
    ),
  };
}

/** UTF-8 is tried first because GB18030 accepts nearly any bytes. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    throw new EvidenceError('evidence/not-csv', 'this is a ZIP or Excel file; export the meter data as CSV');
  }
  const encodings = bytes[0] === 0xff && bytes[1] === 0xfe ? ['utf-16le'] : ['utf-8', 'gb18030'];
  for (const encoding of encodings) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (!text.includes('\0')) return text;
    } catch {
      // Not in this encoding: the next one is tried.
    }
  }
  throw new EvidenceError(
    'evidence/not-csv',
    'the file is no text in UTF-8 or GB18030; save it as CSV UTF-8',
  );
}

function parseRows(text: string): string[][] {
  const rows = parseCsv(text);
  if (rows.length > LIMITS.rows) {
    throw new EvidenceError(
      'evidence/too-many-cells',
      `the file has over ${LIMITS.rows} rows; split it by year`,
    );
  }
  return rows;
}

function parseCsv(text: string): string[][] {
  try {
    return parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: 1_000_000,
      to: LIMITS.rows + 1,
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EvidenceError('evidence/not-csv', `the file is not CSV (${why}); export it again`, { cause });
  }
}

/** The separator that the first line uses most. */
function delimiterOf(text: string): string {
  const first = text.slice(0, 10_000).split(/\r?\n/, 1)[0] ?? '';
  const count = (delimiter: string) => first.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best));
}

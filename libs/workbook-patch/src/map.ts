/**
 * A mapping from a JSON record to the cells of somebody's workbook, for instance a buyer's questionnaire:
 * `{ "format": "anchorleaf-workbook-map/v1", "cells": [{ "sheet", "cell", "from": "/json/pointer" | "text": "…",
 *    "as": "text" | "number" | "date", "replaceFormula": false }] }`
 */
import { WorkbookError } from './errors.ts';
import type { Edit } from './patch.ts';
import type { CellValue } from './value.ts';

export const MAP_FORMAT = 'anchorleaf-workbook-map/v1';
const MAX_CELLS = 5_000;

export interface MappedEdits {
  readonly edits: readonly Edit[];
  /** What the record does not hold; those cells are left as they are. */
  readonly missing: readonly { readonly sheet: string; readonly cell: string; readonly from: string }[];
}

/** @throws {WorkbookError} workbook/malformed-map */
export function editsFromMap(map: unknown, record: unknown): MappedEdits {
  const { format, cells } = fields(map, '');
  if (format !== MAP_FORMAT) throw malformed('/format', `"${MAP_FORMAT}"`);
  if (!Array.isArray(cells) || cells.length > MAX_CELLS)
    throw malformed('/cells', `a list of at most ${MAX_CELLS} cells`);
  const edits: Edit[] = [];
  const missing: { sheet: string; cell: string; from: string }[] = [];
  for (const [index, each] of cells.entries()) {
    const place = `/cells/${index}`;
    const row = fields(each, place);
    const sheet = text(row, 'sheet', place);
    const cell = text(row, 'cell', place);
    const isFixed = row.text !== undefined;
    const from = isFixed ? '' : text(row, 'from', place);
    const found = isFixed ? row.text : resolve(record, from);
    if (found === undefined || found === null || found === '') {
      missing.push({ sheet, cell, from });
      continue;
    }
    if (typeof found !== 'string')
      throw malformed(`${place}/from`, 'the pointer of a text or a decimal string');
    edits.push({
      sheet,
      cell,
      value: asValue(row.as ?? 'text', found, place),
      replaceFormula: row.replaceFormula === true,
    });
  }
  return { edits, missing };
}

function asValue(as: unknown, found: string, place: string): CellValue {
  if (as === 'text') return { kind: 'text', text: found };
  if (as === 'number') return { kind: 'number', decimal: found };
  if (as === 'date') return { kind: 'date', day: found.slice(0, 10) };
  throw malformed(`${place}/as`, 'text, number or date');
}

/** RFC 6901 over own members only. */
function resolve(record: unknown, pointer: string): unknown {
  let value = record;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function fields(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(place, 'an object');
  return value as Readonly<Record<string, unknown>>;
}

function text(row: Readonly<Record<string, unknown>>, key: string, place: string): string {
  const value = row[key];
  if (typeof value !== 'string' || value === '' || (key === 'from' && !value.startsWith('/')))
    throw malformed(`${place}/${key}`, key === 'from' ? 'a JSON pointer like /product/name' : 'a text');
  return value;
}

const malformed = (pointer: string, wanted: string): WorkbookError =>
  new WorkbookError('workbook/malformed-map', pointer, 'the mapping cannot be read', `give ${wanted} here`);

/** Numbers as people type them: full-width digits, thousands separators, a unit behind the number. */
import { readUnit, type Unit } from '#lib/quantity';
import { type Cell, cellText } from './cell.ts';

export type NumberCell =
  | { readonly kind: 'empty' }
  | { readonly kind: 'number'; readonly value: string; readonly unit: Unit | null }
  | { readonly kind: 'ambiguous'; readonly text: string }
  | { readonly kind: 'not-a-number'; readonly text: string };

const MAX_LENGTH = 60;

/**
 * Reads one number. `1,234.5`, `１２３４．５`, `1234.5 度` are read; `1.234,5` and `12,5` are ambiguous, because
 * a comma may be the point of another country.
 */
export function readNumber(cell: Cell | null | undefined): NumberCell {
  const text = cellText(cell);
  if (text === null) return { kind: 'empty' };
  if (
    cell?.kind === 'error' ||
    cell?.kind === 'boolean' ||
    cell?.kind === 'date' ||
    text.length > MAX_LENGTH
  ) {
    return { kind: 'not-a-number', text: text.slice(0, MAX_LENGTH) };
  }
  const match = /^([+-]?[\d.,]+)\s*(.*)$/.exec(text.replace(/，/g, ','));
  if (match === null) return { kind: 'not-a-number', text };
  const [, digits = '', rest = ''] = match;
  const unit = rest === '' ? null : readUnit(rest);
  if (rest !== '' && unit === null) return { kind: 'not-a-number', text };
  const value = plainDecimal(digits);
  return value === null ? { kind: 'ambiguous', text } : { kind: 'number', value, unit };
}

function plainDecimal(text: string): string | null {
  const sign = text.startsWith('-') ? '-' : '';
  const unsigned = text.replace(/^[+-]/, '');
  // Commas count only as groups of three, and never after the point.
  const grouped = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(unsigned) ? unsigned.replace(/,/g, '') : unsigned;
  if (!/^\d+(\.\d+)?$/.test(grouped)) return null;
  const [whole = '0', fraction = ''] = grouped.split('.');
  const trimmed = whole.replace(/^0+(?=\d)/, '');
  const value = fraction === '' ? trimmed : `${trimmed}.${fraction}`;
  return /^[0.]+$/.test(value) ? value : sign + value;
}

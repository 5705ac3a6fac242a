/** Cell addresses such as `AB12`, within Excel's 16,384 columns and 1,048,576 rows. */
export interface Address {
  readonly column: number;
  readonly row: number;
}

export interface Range {
  readonly from: Address;
  readonly to: Address;
}

export function parseAddress(text: string): Address | null {
  const match = /^\$?([A-Z]{1,3})\$?([1-9]\d{0,6})$/.exec(text);
  if (match === null) return null;
  const column = columnNumber(match[1] ?? '');
  const row = Number(match[2]);
  return column <= 16_384 && row <= 1_048_576 ? { column, row } : null;
}

export function parseRange(text: string): Range | null {
  const [first = '', last = first] = text.split(':');
  const from = parseAddress(first);
  const to = parseAddress(last);
  return from === null || to === null ? null : { from, to };
}

export const isWithin = ({ column, row }: Address, { from, to }: Range): boolean =>
  column >= from.column && column <= to.column && row >= from.row && row <= to.row;

const columnNumber = (letters: string): number =>
  [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);

export function formatAddress({ column, row }: Address): string {
  let letters = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return `${letters}${row}`;
}

/** Intervals of a provider's CSV file, for making a set of them: every row as it stands, nothing filled in. */
import { readLocalTime, readNumber } from '#lib/evidence';
import { HourlyError } from './errors.ts';
import { showInstant } from './span.ts';

const SHANGHAI = 28_800;

/**
 * Start and value of each row; an empty value is null. Times need an offset: a grid's file without one has two
 * readings.
 * @throws {HourlyError} hourly/missing-column, malformed-time, malformed-energy with the row
 */
export function readFactorCsv(
  text: string,
  columns: { readonly start: string; readonly value: string },
): readonly (readonly [string, string | null])[] {
  const [head = '', ...rows] = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const names = head.split(',');
  const at = (name: string): number => {
    const found = names.indexOf(name);
    if (found >= 0) return found;
    throw new HourlyError(
      'hourly/missing-column',
      '/rows/1',
      `no column ${name}`,
      `name one of ${names.join(', ').slice(0, 200)}`,
    );
  };
  const start = at(columns.start);
  const value = at(columns.value);
  return rows.flatMap((row, index): readonly (readonly [string, string | null])[] => {
    if (row === '') return [];
    const place = `/rows/${index + 2}`;
    const fields = row.split(',');
    const cell = (column: number) => ({ kind: 'text', text: fields[column] ?? '' }) as const;
    const time = readLocalTime(cell(start));
    if (time === null || !/(Z|[+-]\d{2}:?\d{2})$/.test(fields[start] ?? '')) {
      throw new HourlyError(
        'hourly/malformed-time',
        place,
        `${fields[start]} is not a time with its offset`,
        'write 2025-01-31T05:30:00Z',
      );
    }
    const number = readNumber(cell(value));
    if (number.kind === 'empty') return [[showInstant(time - SHANGHAI), null]];
    if (number.kind !== 'number') {
      throw new HourlyError(
        'hourly/malformed-energy',
        place,
        `${fields[value]} is not a number`,
        'write digits with one point',
      );
    }
    return [[showInstant(time - SHANGHAI), number.value]];
  });
}

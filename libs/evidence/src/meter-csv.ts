/**
 * Hourly meter files: one row per hour, a whole month or year of one meter. They become one activity per line
 * and period; the hours themselves stay as a digest, their count, and how many were nought.
 */
import { contentId, utf8 } from '#lib/canonical';
import { convert, formatExact, parseDecimal, type Quantity, type Rational, sum } from '#lib/quantity';
import type { ActivityDraft, Line } from './activity.ts';
import { cellText, type Sheet } from './cell.ts';
import { METER_COLUMNS } from './columns.ts';
import type { ImportDraft, Place, Question, Refusal } from './draft.ts';
import { itemByCode } from './items.ts';
import { askAboutEnergy } from './plausibility.ts';
import { refuse } from './refusals.ts';
import { readAmount, readRowUnit, readText } from './row-values.ts';
import { readTable, type TableRow } from './table.ts';
import {
  civilDate,
  DAY,
  HOUR,
  type LocalSeconds,
  monthStart,
  readLocalTime,
  showLocal,
  toUtc,
} from './time.ts';
import { makeDraft } from './workbook.ts';

type Column = keyof typeof METER_COLUMNS;

export interface MeterContext {
  readonly line: Line;
  /** Wanted year; null takes the months that the file holds. */
  readonly year: number | null;
  /** Electricity per piece that the template expects, and what the line made in the file's period, if known. */
  readonly expectedElectricity: Quantity;
  readonly output: Quantity | null;
}

interface Hour {
  readonly start: LocalSeconds;
  readonly kWh: Rational;
  readonly row: number;
}

/** Chinese time has no summer time, so every day has 24 hours and a year 8,760 or 8,784. */
export function importMeterCsv(sheet: Sheet, context: MeterContext): ImportDraft {
  const table = readTable<Column>(sheet, METER_COLUMNS, ['energy']);
  const refusals: Refusal[] = [...table.refusals];
  const marker: 'start' | 'end' = table.has('start') ? 'start' : 'end';
  if (refusals.length === 0 && !table.has(marker)) {
    refusals.push(
      refuse('evidence/missing-column', whole(sheet), { wanted: METER_COLUMNS.start.slice(0, 2).join(' ') }),
    );
  }
  const hours: Hour[] = [];
  if (refusals.length === 0) {
    for (const row of table.rows) {
      const start = readHour(row, marker, refusals);
      const amount = readAmount(row, 'energy', refusals);
      const unit =
        amount === null
          ? null
          : readRowUnit(row, table, { quantity: 'energy', unit: 'unit' }, amount.unit, ['energy'], refusals);
      if (start === null || amount === null || unit === null) continue;
      hours.push({ start, kWh: convert(parseDecimal(amount.value), unit, 'kWh'), row: row.row });
    }
  }
  hours.sort((a, b) => a.start - b.start || a.row - b.row);
  refusals.push(...findDuplicates(sheet, hours));
  const period = hours.length === 0 ? null : findPeriod(sheet, hours, context.year, refusals);
  const [head] = table.rows;
  const meter = head ? readText(head, 'meter', refusals) : null;
  if (period === null || refusals.length > 0) return makeDraft([], refusals, [], table.notes);

  const activity = meterActivity(sheet, context, hours, period, meter);
  const row = { activity, period: { ...period, ...activity.period }, quantityPlace: whole(sheet) };
  const output = outputOf(context);
  return makeDraft(
    [row],
    [],
    [
      ...askAboutZeroHours(sheet, hours),
      ...(output === null ? [] : askAboutEnergy([row], context.expectedElectricity, output)),
    ],
    table.notes,
  );
}

const whole = (sheet: Sheet): Place => ({ sheet: sheet.name, row: null, column: null });

function outputOf({ line, output }: MeterContext): ReadonlyMap<Line, Rational> | null {
  if (output === null) return null;
  return new Map([[line, convert(parseDecimal(output.value), output.unit, 'piece')]]);
}

/** The start of the row's hour; times that mark the end of an hour are moved back by one. */
function readHour(row: TableRow<Column>, marker: 'start' | 'end', refusals: Refusal[]): LocalSeconds | null {
  const seen = cellText(row.cell(marker)) ?? '';
  const time = readLocalTime(row.cell(marker));
  if (time === null) {
    refusals.push(refuse('evidence/malformed-date', row.place(marker), { seen }));
    return null;
  }
  if (time % HOUR !== 0) {
    refusals.push(refuse('evidence/not-hourly', row.place(marker), { seen }));
    return null;
  }
  return marker === 'start' ? time : time - HOUR;
}

function findDuplicates(sheet: Sheet, hours: readonly Hour[]): Refusal[] {
  return hours.flatMap((hour, at) => {
    const before = hours[at - 1];
    if (before?.start !== hour.start) return [];
    const seen = `${showLocal(hour.start)} (${before.row}, ${hour.row})`;
    return [refuse('evidence/duplicate-hour', { ...whole(sheet), row: hour.row }, { seen })];
  });
}

interface Span {
  readonly from: LocalSeconds;
  readonly until: LocalSeconds;
}

/** The wanted year, or the months that the first and last hour belong to; every hour in it must be there. */
function findPeriod(
  sheet: Sheet,
  hours: readonly Hour[],
  year: number | null,
  refusals: Refusal[],
): Span | null {
  const first = hours[0]?.start ?? 0;
  const last = (hours.at(-1)?.start ?? 0) + HOUR;
  const from = year === null ? startOfMonth(first) : monthStart(year, 1);
  const until = year === null ? endOfMonth(last) : monthStart(year, 13);
  const seen = `${showLocal(first)} … ${showLocal(last)}`;
  if (first < from || last > until) {
    refusals.push(refuse('evidence/outside-year', whole(sheet), { seen, wanted: String(year) }));
    return null;
  }
  if (year === null && (first !== from || last !== until)) {
    refusals.push(refuse('evidence/partial-month', whole(sheet), { seen }));
    return null;
  }
  const present = new Set(hours.map((hour) => hour.start));
  const missing: LocalSeconds[] = [];
  for (let hour = from; hour < until; hour += HOUR) if (!present.has(hour)) missing.push(hour);
  if (missing.length > 0) {
    const examples = missing.slice(0, 3).map(showLocal).join(', ');
    refusals.push(
      refuse('evidence/missing-hour', whole(sheet), {
        seen: `${missing.length}: ${examples}${missing.length > 3 ? ' …' : ''}`,
      }),
    );
  }
  return { from, until };
}

function startOfMonth(local: LocalSeconds): LocalSeconds {
  const { year, month } = civilDate(Math.floor(local / DAY));
  return monthStart(year, month);
}

const endOfMonth = (local: LocalSeconds): LocalSeconds => {
  const start = startOfMonth(local);
  return start === local ? local : startOfMonth(start + 32 * DAY);
};

function meterActivity(
  sheet: Sheet,
  { line }: MeterContext,
  hours: readonly Hour[],
  span: Span,
  meter: string | null,
): ActivityDraft {
  const item = itemByCode(line === 'shared' ? 'shared-electricity' : 'line-electricity');
  const label = meter ?? line;
  const listing = hours.map((hour) => `${toUtc(hour.start)}\t${formatExact(hour.kWh)}\n`).join('');
  return {
    kind: 'electricity',
    item: item.code,
    line,
    name: { zh: `${item.name.zh} ${label}`, en: `${item.name.en} ${label}` },
    period: { start: toUtc(span.from), end: toUtc(span.until) },
    state: 'value',
    quantity: { value: formatExact(sum(hours.map((hour) => hour.kWh))), unit: 'kWh' },
    basis: {
      kind: 'hourly',
      hours: String(hours.length),
      zeroHours: String(hours.filter((hour) => hour.kWh.n === 0n).length),
      hoursHash: contentId(utf8(listing)),
    },
    grade: 'file',
    meter,
    voucher: null,
    supplier: null,
    place: { sheet: sheet.name, row: hours[0]?.row ?? 1 },
  };
}

/** Meters that lose their link write noughts; a stopped line does too. Only a person knows which. */
function askAboutZeroHours(sheet: Sheet, hours: readonly Hour[]): Omit<Question, 'id'>[] {
  const zero = hours.filter((hour) => hour.kWh.n === 0n);
  const first = zero[0];
  if (first === undefined) return [];
  return [
    {
      code: 'evidence/zero-hours',
      ...whole(sheet),
      row: first.row,
      message: {
        zh: `${zero.length} 个小时的电量为 0（自 ${showLocal(first.start)} 起），是停产，还是电表掉线？`,
        en: `${zero.length} hours have an energy of 0 (from ${showLocal(first.start)}): was the line stopped, or the meter offline?`,
      },
      activities: [0],
      answers: [
        {
          code: 'zero-confirmed',
          label: { zh: '停产', en: 'the line was stopped' },
          effect: zero.length === hours.length ? { kind: 'state', state: 'zero' } : { kind: 'none' },
        },
        {
          code: 'missing',
          label: { zh: '电表掉线，按缺数据处理', en: 'offline: treat as no data' },
          effect: { kind: 'state', state: 'missing' },
        },
      ],
      answer: null,
    },
  ];
}

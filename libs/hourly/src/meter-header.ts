/** The header of a meter file: separator, columns and unit, by the column names that every import knows. */
import { findHeader, METER_COLUMNS } from '#lib/evidence';
import { readUnit, type Unit } from '#lib/quantity';
import { HourlyError } from './errors.ts';
import { splitText } from './plain-row.ts';

export interface Columns {
  readonly time: number;
  /** Only where rows carry both ends. */
  readonly end: number | null;
  readonly marks: 'start' | 'end';
  readonly energy: number;
  readonly unit: number | null;
  readonly meter: number | null;
  /** mWh in one of the header's unit. */
  readonly perUnit: number | null;
}

export interface Header extends Columns {
  readonly at: number;
  readonly separator: string;
}

/** mWh in one of the unit. Joules have no whole number of mWh, so they are not read. */
const MILLIWATT_HOURS: Partial<Record<Unit, number>> = { kWh: 1e6, 度: 1e6, MWh: 1e9, GWh: 1e12, 万度: 1e10 };

/** @throws {HourlyError} hourly/energy-unit */
export function milliwattHoursOf(unit: Unit, place: string): number {
  const perUnit = MILLIWATT_HOURS[unit];
  if (perUnit !== undefined) return perUnit;
  throw new HourlyError(
    'hourly/energy-unit',
    place,
    `energy in ${unit} is not read`,
    'write kWh, MWh or 万度',
  );
}

/** @throws {HourlyError} hourly/missing-column, hourly/malformed-file, hourly/energy-unit */
export function readHeader(lines: readonly string[]): Header {
  const [best] = [',', ';', '\t']
    .map((separator) => {
      const rows = lines.map((line) =>
        splitText(line, separator).map((text) => (text === '' ? null : ({ kind: 'text', text } as const))),
      );
      return { separator, header: findHeader({ name: '', hidden: false, rows }, METER_COLUMNS) };
    })
    .sort((a, b) => (b.header?.columns.size ?? 0) - (a.header?.columns.size ?? 0));
  const { separator, header } = best!;
  const energy = header?.columns.get('energy');
  const start = header?.columns.get('start');
  const end = header?.columns.get('end');
  const time = start ?? end;
  if (header === null || energy === undefined || time === undefined) {
    throw new HourlyError(
      'hourly/missing-column',
      `/rows/${lines.length}`,
      'no header row with a time and an energy in the first 20 lines',
      `name the columns ${METER_COLUMNS.start[0]} or ${METER_COLUMNS.start[1]}, and ${METER_COLUMNS.energy[0]}(kWh) or Energy (kWh)`,
    );
  }
  const place = `/rows/${header.at + 1}`;
  const [twice] = header.twice;
  if (twice !== undefined) {
    throw new HourlyError(
      'hourly/malformed-file',
      place,
      `the column ${twice.text} stands twice`,
      'remove or rename one of the two',
    );
  }
  // A column may be called by its unit alone: kWh.
  const unit = header.units.get('energy') ?? readUnit(splitText(lines[header.at]!, separator)[energy] ?? '');
  const unitColumn = header.columns.get('unit') ?? null;
  if (unitColumn === null && unit === null) {
    throw new HourlyError(
      'hourly/energy-unit',
      place,
      'the energy has no unit',
      'write it in the header: 电量(kWh)',
    );
  }
  return {
    at: header.at,
    separator,
    time,
    end: start !== undefined && end !== undefined ? end : null,
    marks: start === undefined ? 'end' : 'start',
    energy,
    unit: unitColumn,
    meter: header.columns.get('meter') ?? null,
    perUnit: unit === null ? null : milliwattHoursOf(unit, place),
  };
}

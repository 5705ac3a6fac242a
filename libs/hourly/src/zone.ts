/**
 * Local clocks without a calendar library. China has kept UTC+8 all year since 1992; the EU rule since 1996: summer
 * time from the last Sunday of March to the last Sunday of October, both at 01:00 UTC (Directive 2000/84/EC, which
 * Great Britain still follows). Years before these rules, and the EU rule after a change of law, are not known here.
 */
import { civilDate, dayNumber } from '#lib/evidence';
import { HourlyError } from './errors.ts';
import { type Span, showInstant } from './span.ts';

interface Rule {
  readonly offset: number;
  readonly summer: boolean;
  /** First year the rule holds. */
  readonly from: number;
}

const RULES: Readonly<Record<string, Rule>> = {
  UTC: { offset: 0, summer: false, from: 1970 },
  'Asia/Shanghai': { offset: 28_800, summer: false, from: 1992 },
  'Europe/London': { offset: 0, summer: true, from: 1996 },
  'Europe/Berlin': { offset: 3_600, summer: true, from: 1996 },
};

export type Transition = { readonly at: string; readonly dayHours: '23' | '25' };

const DAY = 86_400;
const HOUR = 3_600;

export interface LocalClock {
  readonly zone: string;
  /** UTC seconds that show `wall` on this clock, earlier first: none in the hour that spring leaves out, two in the hour that autumn repeats. */
  utc(wall: number): readonly number[];
  transitions(span: Span): readonly Transition[];
}

/** @throws {HourlyError} hourly/unknown-zone */
export function localClock(zone: string, place: string): LocalClock {
  const rule = Object.hasOwn(RULES, zone) ? RULES[zone] : undefined;
  if (rule === undefined) {
    throw new HourlyError(
      'hourly/unknown-zone',
      place,
      `the clock of ${JSON.stringify(zone.slice(0, 40))} is not known`,
      `use one of ${Object.keys(RULES).join(', ')}, or write each time with its offset`,
    );
  }
  const summers = new Map<number, Span>();
  const summerOf = (year: number): Span => {
    let span = summers.get(year);
    if (span === undefined) {
      span = { start: lastSunday(year, 3) + HOUR, end: lastSunday(year, 10) + HOUR };
      summers.set(year, span);
    }
    return span;
  };
  const isSummer = (utc: number): boolean => {
    const { start, end } = summerOf(civilDate(Math.floor(utc / DAY)).year);
    return utc >= start && utc < end;
  };
  const checkYear = (seconds: number) => {
    if (seconds >= lowest) return;
    throw new HourlyError(
      'hourly/unknown-zone',
      place,
      `the clock of ${zone} before ${rule.from} is not known`,
      'write each time with its offset',
    );
  };
  const lowest = dayNumber(rule.from, 1, 1)! * DAY;
  return {
    zone,
    utc(wall) {
      checkYear(wall);
      const winter = wall - rule.offset;
      if (!rule.summer) return [winter];
      const summer = winter - HOUR;
      return [...(isSummer(summer) ? [summer] : []), ...(isSummer(winter) ? [] : [winter])];
    },
    transitions(span) {
      if (!rule.summer) return [];
      const years = [span.start, span.end - 1].map((at) => civilDate(Math.floor(at / DAY)).year);
      const found: Transition[] = [];
      for (let year = years[0]!; year <= years[1]!; year += 1) {
        const { start, end } = summerOf(year);
        if (start >= span.start && start < span.end) found.push({ at: showInstant(start), dayHours: '23' });
        if (end >= span.start && end < span.end) found.push({ at: showInstant(end), dayHours: '25' });
      }
      return found;
    },
  };
}

/** Midnight UTC of the last Sunday; both months have 31 days, and day 3 of 1970 was a Sunday. */
function lastSunday(year: number, month: 3 | 10): number {
  const last = dayNumber(year, month, 31)!;
  return (last - ((last + 4) % 7)) * DAY;
}

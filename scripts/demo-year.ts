/** Plans the demo factory's year in whole numbers, so that every machine writes the same digits. */

export interface Register {
  readonly start: number;
  readonly end: number;
  readonly multiplier: number;
  readonly oldEnd: number | null;
  readonly newStart: number | null;
}

export interface MonthlyFacts {
  readonly year: number;
  readonly month: number;
  readonly pieces: { readonly L1: number; readonly L2: number };
  readonly grid: Register;
  readonly shared: Register;
  readonly pvKWh: number;
  readonly gasM3: number;
}

type Line = 'L1' | 'L2';

const PIECES = { L1: 7_020_000, L2: 4_980_000 } as const;
/** Tenths of a kWh on the line's own meter: 0.0580 and 0.0754 kWh a piece. */
const LINE_TENTHS = { L1: 4_071_600, L2: 3_754_920 } as const;
const SHARED_KWH = 95_640;
const PV_KWH = 148_300;
const GAS_M3 = 62_400;
/** Per mille of line and shared meters that no meter explains: transformer, office, cables. */
const UNEXPLAINED = 18;

// Activity by month: the Spring Festival stops February by half; sun by month for the roof.
const WORK = [8, 5, 9, 9, 9, 8, 8, 9, 9, 8, 9, 9];
const SUN = [6, 6, 8, 9, 10, 9, 12, 11, 9, 8, 6, 6];

/** Splits a whole by weights so that the parts are whole and sum to it. */
export function split(whole: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let passed = 0;
  let given = 0;
  return weights.map((weight) => {
    passed += weight;
    const until = Math.floor((whole * passed) / sum);
    const part = until - given;
    given = until;
    return part;
  });
}

const days = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Weight of each hour of a year: three shifts with a dip at meals, slower nights, Sundays at half, a long holiday. */
function hourWeights(year: number): number[] {
  const weights: number[] = [];
  for (let month = 1; month <= 12; month += 1) {
    for (let day = 1; day <= days(year, month); day += 1) {
      const sunday = new Date(Date.UTC(year, month - 1, day)).getUTCDay() === 0;
      for (let hour = 0; hour < 24; hour += 1) {
        const shift = hour === 12 || hour === 18 ? 7 : hour < 6 ? 8 : 10;
        const holiday = month === 2 && day <= 10;
        weights.push(holiday ? 1 : (WORK[month - 1] ?? 8) * shift * (sunday ? 1 : 2));
      }
    }
  }
  return weights;
}

/** `2025-01-01 00:00,46.3` for every hour of the year. */
export function hourlyLoad(year: number, line: Line): string[] {
  const tenths = split(LINE_TENTHS[line], hourWeights(year));
  let at = 0;
  const lines: string[] = [];
  for (let month = 1; month <= 12; month += 1) {
    for (let day = 1; day <= days(year, month); day += 1) {
      for (let hour = 0; hour < 24; hour += 1) {
        const value = tenths[at] ?? 0;
        at += 1;
        lines.push(
          `${year}-${two(month)}-${two(day)} ${two(hour)}:00,${Math.floor(value / 10)}.${value % 10}`,
        );
      }
    }
  }
  return lines;
}

const two = (n: number): string => String(n).padStart(2, '0');

export function planYear(year: number): MonthlyFacts[] {
  const hours = hourWeights(year);
  const weightOfMonth = WORK.map((_, index) => {
    const before = WORK.slice(0, index).reduce((sum, _each, at) => sum + days(year, at + 1) * 24, 0);
    return hours.slice(before, before + days(year, index + 1) * 24).reduce((a, b) => a + b, 0);
  });
  const monthly = (whole: number) => split(whole, weightOfMonth);
  const pieces = { L1: monthly(PIECES.L1 / 10), L2: monthly(PIECES.L2 / 10) };
  const lines = monthly((LINE_TENTHS.L1 + LINE_TENTHS.L2) / 10);
  const shared = monthly(SHARED_KWH / 20);
  const pv = split(PV_KWH, SUN);
  const gas = monthly(GAS_M3);
  const meters = { grid: 31_240.55, shared: 8_412.3 };
  return WORK.map((_, index) => {
    const sharedSteps = shared[index] ?? 0;
    const used = Math.round((((lines[index] ?? 0) + sharedSteps * 20) * (1000 + UNEXPLAINED)) / 1000);
    const gridHundredths = Math.round(((used - (pv[index] ?? 0)) / 800) * 100);
    const grid = spin(meters, 'grid', gridHundredths / 100, 800);
    // The compressors' meter is changed in July.
    const sharedRegister =
      index === 6 ? changeMeter(meters, sharedSteps, 20) : spin(meters, 'shared', sharedSteps, 20);
    return {
      year,
      month: index + 1,
      pieces: { L1: (pieces.L1[index] ?? 0) * 10, L2: (pieces.L2[index] ?? 0) * 10 },
      grid,
      shared: sharedRegister,
      pvKWh: pv[index] ?? 0,
      gasM3: gas[index] ?? 0,
    };
  });
}

type Meters = { grid: number; shared: number };

const hundredths = (value: number): number => Math.round(value * 100) / 100;

function spin(meters: Meters, meter: keyof Meters, steps: number, multiplier: number): Register {
  const start = meters[meter];
  meters[meter] = hundredths(start + steps);
  return { start, end: meters[meter], multiplier, oldEnd: null, newStart: null };
}

/** Two thirds of the month on the old meter, the rest on a new one that starts at 0. */
function changeMeter(meters: Meters, steps: number, multiplier: number): Register {
  const start = meters.shared;
  const onOld = Math.floor((steps * 2) / 3);
  meters.shared = steps - onOld;
  return { start, end: meters.shared, multiplier, oldEnd: hundredths(start + onOld), newStart: 0 };
}

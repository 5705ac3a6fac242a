// A year of quarter hours of many meters: the files parsed, the intervals matched to hourly factors, and the memory held
// while that happens. Files are made as they are read, so that the bench itself holds none of them; their making is timed
// apart and taken off. The slope from a tenth of the meters to all of them shows that nothing grows with the rows.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  Claims,
  computeFigures,
  layFactors,
  localClock,
  MeterBook,
  readFactorSet,
  readMeterFile,
  readSpan,
} from '#lib/hourly';
import { makeRow, type Row } from './table.ts';

const PERIOD = { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' };
const SPAN = readSpan(PERIOD, '/period');
const QUARTERS = (SPAN.end - SPAN.start) / 900;
const CLOCK = localClock('Asia/Shanghai', '/zone');
/** 100 meters and 365 days of 96 quarter hours. */
const FULL_METERS = 100;
const DAYS_A_CHUNK = 5;

export async function measure({ full }: { readonly full: boolean }): Promise<readonly Row[]> {
  const meters = full ? FULL_METERS : 20;
  run(2);
  const small = run(meters / 10);
  const large = run(meters);
  const rows = large.rows;
  // Time is linear in rows: what the whole task takes is the measured one, or its share scaled and said so.
  const scale = FULL_METERS / meters;
  const name = full ? `${rows} rows` : `${rows} rows, times ${scale} for ${FULL_METERS} meters`;
  console.log(
    `hours: rows × ${(large.rows / small.rows).toFixed(1)} takes parse × ${(large.parse / small.parse).toFixed(1)}, match × ${(large.match / small.match).toFixed(1)}, memory ${(large.memory - small.memory).toFixed(1)} MB more`,
  );
  return [
    makeRow(`quarter hours parsed, ${name}`, large.parse * scale, 's', { atMost: 60 }),
    makeRow(
      `quarter hours parsed by the slow readers, ${SLOW_ROWS} rows, times ${FULL_METERS / 2}`,
      (slowly() * FULL_METERS) / 2,
      's',
      { atMost: 60 },
    ),
    makeRow(`quarter hours matched to hourly factors, ${name}`, large.match * scale, 's', { atMost: 10 }),
    makeRow(`memory alive, most seen, ${rows} rows`, large.memory, 'MB'),
    makeRow(
      `memory for ${large.rows - small.rows} rows more`,
      Math.max(0, large.memory - small.memory),
      'MB',
      { atMost: 4 },
    ),
  ];
}

/** Two meters whose times stand in quotes: rows that the plain reader leaves to the readers of every other import. */
const SLOW_ROWS = QUARTERS * 2;
function slowly(): number {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const chunks = [0, 1].map((meter) =>
    [...fileOf(meter)].map((chunk) =>
      encoder.encode(decoder.decode(chunk).replace(/^(\d[^,]*),/gm, '"$1",')),
    ),
  );
  const begin = performance.now();
  let rows = 0;
  for (const file of chunks)
    rows += readMeterFile(file, { seconds: 900, clock: CLOCK, meter: '' }, { add: () => {}, note: () => {} });
  if (rows !== SLOW_ROWS) throw new Error(`${rows} rows read of ${SLOW_ROWS}`);
  return (performance.now() - begin) / 1e3;
}

interface Run {
  readonly rows: number;
  readonly parse: number;
  readonly match: number;
  /** Alive above the start, most seen after any meter, in MB. */
  readonly memory: number;
}

function run(meters: number): Run {
  const before = live();
  let most = 0;
  let making = 0;
  let rows = 0;
  let check = 0;
  const sink = {
    add: (_meter: string, _start: number, _seconds: number, milliWh: number | null) =>
      (check += milliWh ?? 0),
    note: () => {},
  };
  let looking = 0;
  const look = () => {
    const begin = performance.now();
    most = Math.max(most, live() - before);
    looking += performance.now() - begin;
  };
  const parseBegin = performance.now();
  for (let meter = 0; meter < meters; meter += 1) {
    rows += readMeterFile(
      timed(fileOf(meter), (ms) => (making += ms)),
      { seconds: 900, clock: CLOCK, meter: '' },
      sink,
    );
    look();
  }
  const parse = performance.now() - parseBegin - making - looking;
  looking = 0;

  const factors = layFactors(readFactorSet(setOf()), SPAN);
  const matchBegin = performance.now();
  const book = new MeterBook({ span: SPAN, seconds: 900, clock: CLOCK });
  for (let meter = 0; meter < meters; meter += 1) {
    const name = `M-${meter}`;
    for (let at = 0; at < QUARTERS; at += 1) book.add(name, SPAN.start + at * 900, 900, milliWhOf(meter, at));
    book.seal(name);
    look();
  }
  const annual = {
    id: 'bench',
    value: '0.5777',
    unit: 'kgCO2e/kWh',
    kind: 'life-cycle',
    gwp: 'not-stated',
    region: 'CN',
    year: '2024',
    source: 'bench',
    grade: 'computed',
  };
  const figures = computeFigures({
    zone: 'CN',
    grid: book.energy,
    meters: book.finish(),
    annual,
    hourly: { factors, verdict: 'unsigned' },
    selfUse: null,
    instruments: [],
    claims: new Claims(),
  });
  const match = performance.now() - matchBegin - looking;
  if (figures.gridKWh !== kWh(check)) throw new Error(`parsed ${kWh(check)} kWh, matched ${figures.gridKWh}`);
  return { rows, parse: parse / 1e3, match: match / 1e3, memory: most / 1e6 };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is alive: bytes of heap and buffers after a collection. */
function live(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const milliWhOf = (meter: number, at: number): number =>
  40_000_000 + ((at * 7_919 + meter * 104_729) % 1_000) * 1_000;
const kWh = (milliWh: number): string => String(milliWh / 1e6);

/** One meter's file in chunks of some days. */
function* fileOf(meter: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode('时间,电量(kWh),电表号\n');
  const two = (n: number) => String(n).padStart(2, '0');
  for (let day = 0; day < QUARTERS / 96; day += DAYS_A_CHUNK) {
    let text = '';
    for (let at = day * 96; at < Math.min(QUARTERS, (day + DAYS_A_CHUNK) * 96); at += 1) {
      if (at % 96 === 0) date = new Date((SPAN.start + 28_800 + at * 900) * 1_000).toISOString().slice(0, 10);
      const value = milliWhOf(meter, at);
      text += `${date} ${two(Math.floor((at % 96) / 4))}:${two((at % 4) * 15)},${Math.floor(value / 1e6)}.${String(
        value % 1e6,
      )
        .padStart(6, '0')
        .slice(0, 3)},M-${meter}\n`;
    }
    yield encoder.encode(text);
  }
}
let date = '';

function* timed(chunks: Generator<Uint8Array>, spent: (ms: number) => void): Generator<Uint8Array> {
  for (;;) {
    const begin = performance.now();
    const next = chunks.next();
    spent(performance.now() - begin);
    if (next.done) return;
    yield next.value;
  }
}

function setOf() {
  const instant = (at: number) =>
    new Date((SPAN.start + at * 3_600) * 1_000).toISOString().replace('.000', '');
  return {
    format: 'anchorleaf-hourly-factors/v1',
    zone: 'CN',
    kind: 'life-cycle',
    unit: 'kgCO2e/kWh',
    gwp: 'not-stated',
    seconds: '3600',
    period: PERIOD,
    intervals: Array.from({ length: QUARTERS / 4 }, (_, at) => [instant(at), `0.${400 + ((at * 37) % 300)}`]),
    zeroReason: null,
    source: 'made by the bench',
    licence: 'none',
    grade: 'computed',
    provider: { name: 'bench', key: null },
    signature: null,
  };
}

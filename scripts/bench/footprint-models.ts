// Footprints of method 2: how long whole calculations take, reading and checking of the input included, on one core.
import { computeProductSystem, type Exchange, type ProductSystemInput } from '#lib/product-system';
import { makeRow, type Row } from './table.ts';

const PERIOD = { start: '2024-12-31T16:00:00Z', end: '2025-12-31T16:00:00Z' };
const STAGES = ['materials', 'inbound-transport', 'electricity', 'heat', 'packaging', 'waste'] as const;

export async function measure({ full }: { readonly full: boolean }): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const count = full ? 10_000 : 2_000;
  const inputs = Array.from({ length: 50 }, (_, at) => footprintOf50Lines(at));
  computeProductSystem(inputs[0]!);
  let start = performance.now();
  for (let at = 0; at < count; at += 1) computeProductSystem(inputs[at % inputs.length]!);
  const seconds = ((performance.now() - start) / 1000) * (10_000 / count);
  const said = full ? '' : ` (${count} measured, times ${10_000 / count})`;
  rows.push(makeRow(`10,000 footprints of 50 lines${said}`, seconds, 's', { atMost: 5 }));

  const network = processesWithSmallLoops(5_000);
  start = performance.now();
  computeProductSystem(network);
  rows.push(
    makeRow('5,000 processes, 4 inputs each, loops ≤ 8', (performance.now() - start) / 1000, 's', {
      atMost: 2,
    }),
  );

  const loop = oneLoop(500);
  start = performance.now();
  computeProductSystem(loop);
  rows.push(makeRow('one loop of 500 processes, 4 inputs each', (performance.now() - start) / 1000, 's'));

  const small = oneLoop(50);
  start = performance.now();
  computeProductSystem(small);
  rows.push(makeRow('one loop of 50 processes, exactly', (performance.now() - start) / 1000, 's'));
  return rows;
}

const factor = (at: number) => ({
  id: `f${at}`,
  value: `${at + 1}.${5777 + at}`,
  unit: 'kgCO2e/kg',
  kind: 'life-cycle' as const,
  gwp: 'AR6' as const,
  year: '2025',
  grade: 'computed' as const,
});

const frame = {
  format: 'anchorleaf-footprint-input/v2' as const,
  product: 'urn:example:bench',
  boundary: 'cradle-to-gate' as const,
  period: PERIOD,
};

function footprintOf50Lines(seed: number): ProductSystemInput {
  return {
    ...frame,
    declaredUnit: { value: '1', unit: 'piece' },
    reference: { process: 'product' },
    factors: Array.from({ length: 20 }, (_, at) => factor(at)),
    processes: [
      {
        id: 'product',
        outputs: [{ id: 'product', quantity: { value: String(12_007 + seed), unit: 'piece' } }],
      },
    ],
    activities: Array.from({ length: 50 }, (_, at) => ({
      activity: `a${at}`,
      name: { zh: `物料 ${at}`, en: `material ${at}` },
      kind: 'material',
      item: `material-${at}`,
      stage: STAGES[at % STAGES.length]!,
      period: PERIOD,
      quantity: { value: `${17 * at + seed + 1}.${25 + at}`, unit: at % 2 ? 'kg' : 't' },
      grade: 'bill',
      factors: [`f${at % 20}`],
    })),
  };
}

/** Chains of loops of up to 8: each process takes from 4 others further down, and one of its own loop. */
function processesWithSmallLoops(size: number): ProductSystemInput {
  const next = dice(11);
  const exchanges: Exchange[] = [];
  for (let at = 0; at < size; at += 1) {
    const loop = Math.floor(at / 8) * 8;
    const back = loop + ((at - loop + 1) % 8);
    const onward = Math.min(size - 1, loop + 8);
    const further = [0, 1, 2].map(() => onward + next(Math.max(1, size - onward)));
    const from = [Math.min(back, size - 1), ...further.map((each) => Math.min(each, size - 1))];
    for (const each of from) if (each !== at) exchanges.push(take(at, each, 1 + next(200)));
  }
  return system(size, exchanges);
}

function oneLoop(size: number): ProductSystemInput {
  const next = dice(13);
  const exchanges: Exchange[] = [];
  for (let at = 0; at < size; at += 1) {
    const from = [(at + 1) % size, next(size), next(size), next(size)];
    for (const each of from) exchanges.push(take(at, each, 1 + next(200)));
  }
  return system(size, exchanges);
}

const take = (process: number, from: number, grams: number): Exchange => ({
  process: `p${process}`,
  from: `p${from}`,
  quantity: { value: `${grams}.${(grams * 37) % 89}`, unit: 'g' },
});

function system(size: number, exchanges: readonly Exchange[]): ProductSystemInput {
  const ids = Array.from({ length: size }, (_, at) => at);
  return {
    ...frame,
    declaredUnit: { value: '1', unit: 'kg' },
    reference: { process: 'p0' },
    factors: Array.from({ length: 20 }, (_, at) => factor(at)),
    processes: ids.map((at) => ({
      id: `p${at}`,
      outputs: [{ id: 'o', quantity: { value: `${1 + (at % 7)}.${at % 97}`, unit: 'kg' } }],
    })),
    activities: ids.map((at) => ({
      activity: `a${at}`,
      process: `p${at}`,
      stage: 'materials' as const,
      quantity: { value: `0.${(at % 89) + 1}`, unit: 'kg' },
      factors: [`f${at % 20}`],
    })),
    exchanges,
  };
}

/** Park-Miller: the same models on every machine. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

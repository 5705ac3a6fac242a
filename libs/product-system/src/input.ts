/**
 * Reads an input from untrusted JSON into exact numbers. It may come out of a stranger's bundle, so shape is checked
 * before anything is calculated, and the first value refused is named by its JSON pointer.
 */
import { compare, type Rational, sum } from '#lib/quantity';
import { type ReadFactor, readFactor, readSupplier } from './factors.ts';
import {
  ALLOCATIONS,
  type Allocation,
  LATER_STAGES,
  type Period,
  type ProductSystemInput,
  ROLES,
  type Role,
  STAGES,
  type Stage,
  type State,
} from './model.ts';
import {
  decimal,
  type Fields,
  inUnit,
  list,
  listOrNone,
  type Measure,
  malformed,
  measure,
  object,
  oneOf,
  oneOfOr,
  percent,
  readPeriod,
  refuse,
  shown,
  text,
  textOr,
} from './shape.ts';

/** Activities and exchanges together. */
export const MAX_LINES = 100_000;
const MAX_FACTORS_PER_ACTIVITY = 8;

export interface ReadOutput {
  readonly id: string;
  readonly role: 'product' | 'treatment';
  readonly quantity: Measure | null;
  readonly basis: Measure | null;
  readonly place: string;
}

export interface ReadProcess {
  readonly index: number;
  readonly id: string;
  readonly allocation: Allocation | null;
  readonly outputs: readonly ReadOutput[];
}

export interface ReadActivity {
  readonly index: number;
  readonly id: string;
  readonly process: number;
  readonly role: Role;
  readonly stage: Stage | null;
  readonly line: string;
  readonly allocation: 'pieces' | 'electricity-use' | null;
  readonly kind: string;
  readonly period: Period;
  readonly state: State;
  readonly amount: Measure | null;
  readonly grade: string;
  readonly factors: readonly ReadFactor[];
  readonly supplierFootprint: string | null;
  /** Name of the series it belongs to, for holes in time. */
  readonly series: () => string;
}

export interface ReadExchange {
  readonly index: number;
  readonly process: number;
  readonly provider: number;
  readonly output: number;
  readonly flow: 'product' | 'waste' | 'avoided';
  readonly state: State;
  readonly amount: Measure | null;
}

export interface ReadInput {
  readonly record: ProductSystemInput;
  readonly declaredUnit: Measure;
  readonly period: Period;
  readonly batch: string | null;
  readonly reference: { readonly process: number; readonly output: number; readonly amount: Measure | null };
  readonly processes: readonly ReadProcess[];
  readonly activities: readonly ReadActivity[];
  readonly exchanges: readonly ReadExchange[];
  /** Sum of the percents left out, as a part of one; null if not stated. */
  readonly cutOff: Rational | null;
  readonly carbonContent: Record<'fossil' | 'biogenic' | 'recycled', string | null>;
}

/** @throws {ProductSystemError} */
export function readInput(input: ProductSystemInput): ReadInput {
  const fields = object(input, '');
  oneOf(fields, 'format', '', ['anchorleaf-footprint-input/v2']);
  oneOf(fields, 'boundary', '', ['cradle-to-gate']);
  text(fields, 'product', '');
  const declaredUnit = measure(fields.declaredUnit, '/declaredUnit');
  if (declaredUnit.value.n === 0n)
    refuse('product-system/zero-declared-unit', '/declaredUnit', 'a footprint per nothing has no value');
  const period = readPeriod(fields.period, '/period');
  const activities = list(fields.activities, '/activities');
  const exchanges = listOrNone(fields.exchanges, '/exchanges');
  const processes = list(fields.processes, '/processes');
  if (activities.length + exchanges.length > MAX_LINES || processes.length > MAX_LINES) {
    refuse(
      'product-system/too-many-lines',
      '/activities',
      `${activities.length + exchanges.length} lines in ${processes.length} processes; at most ${MAX_LINES} fit one calculation`,
    );
  }
  const index = new Map<string, number>();
  const made = processes.map((each, at) => readProcess(each, at, index));
  const reference = readReference(fields.reference, made, index);
  const context: Context = {
    whole: period,
    index,
    home: reference.process,
    factors: readEach(list(fields.factors, '/factors'), '/factors', readFactor),
    suppliers: readEach(listOrNone(fields.suppliers, '/suppliers'), '/suppliers', readSupplier),
    seen: new Set(),
  };
  return {
    record: input,
    declaredUnit,
    period,
    batch: textOr(fields, 'batch', '', null),
    reference,
    processes: made,
    activities: activities.map((each, at) => readActivity(each, at, context)),
    exchanges: exchanges.map((each, at) => readExchange(each, at, made, context)),
    cutOff: readCutOff(fields.cutOff),
    carbonContent: readCarbonContent(fields, declaredUnit),
  };
}

interface Context {
  readonly whole: Period;
  readonly index: ReadonlyMap<string, number>;
  readonly home: number;
  readonly factors: ReadonlyMap<string, ReadFactor>;
  readonly suppliers: ReadonlyMap<string, ReadFactor>;
  readonly seen: Set<string>;
}

function readEach(
  values: readonly unknown[],
  at: string,
  read: (value: unknown, place: string) => ReadFactor,
): ReadonlyMap<string, ReadFactor> {
  const found = new Map<string, ReadFactor>();
  for (const [index, value] of values.entries()) {
    const place = `${at}/${index}`;
    const factor = read(value, place);
    if (found.has(factor.id)) duplicate(`${place}/id`, factor.id);
    found.set(factor.id, factor);
  }
  return found;
}

const duplicate = (place: string, id: string): never =>
  refuse('product-system/duplicate-id', place, `${shown(id)} is already in the list`);

const unknown = (place: string, what: string, name: unknown): never =>
  refuse('product-system/unknown-reference', place, `${what} ${shown(name)} is not in this input`);

function readProcess(value: unknown, at: number, index: Map<string, number>): ReadProcess {
  const place = `/processes/${at}`;
  const fields = object(value, place);
  const id = text(fields, 'id', place);
  if (index.has(id)) duplicate(`${place}/id`, id);
  index.set(id, at);
  const outputs = list(fields.outputs, `${place}/outputs`).map((each, n) => {
    const where = `${place}/outputs/${n}`;
    const output = object(each, where);
    return {
      id: text(output, 'id', where),
      role: oneOfOr(output, 'role', where, ['product', 'treatment'] as const, 'product' as const),
      quantity: measureOrNone(output, 'quantity', where),
      basis: measureOrNone(output, 'basis', where),
      place: where,
    };
  });
  if (outputs.length === 0) malformed(`${place}/outputs`, 'a list with an output', fields.outputs);
  if (new Set(outputs.map((each) => each.id)).size < outputs.length) duplicate(`${place}/outputs`, id);
  return { index: at, id, allocation: oneOfOr(fields, 'allocation', place, ALLOCATIONS, null), outputs };
}

function measureOrNone(fields: Fields, key: string, place: string): Measure | null {
  const value = fields[key];
  return value === undefined || value === null ? null : measure(value, `${place}/${key}`);
}

function readReference(
  value: unknown,
  processes: readonly ReadProcess[],
  index: ReadonlyMap<string, number>,
) {
  const fields = object(value, '/reference');
  const process = index.get(text(fields, 'process', '/reference'));
  if (process === undefined) return unknown('/reference/process', 'process', fields.process);
  const output = findOutput(fields, processes[process] as ReadProcess, '/reference');
  const amount = measureOrNone(fields, 'amount', '/reference');
  if (amount?.value.n === 0n)
    refuse('product-system/zero-declared-unit', '/reference/amount', 'a working for nothing has no value');
  return { process, output, amount };
}

function findOutput(fields: Fields, maker: ReadProcess, place: string): number {
  const name = textOr(fields, 'output', place, null);
  if (name === null && maker.outputs.length === 1) return 0;
  const found = maker.outputs.findIndex((each) => each.id === name);
  return found < 0 ? unknown(`${place}/output`, `output of ${maker.id}`, name) : found;
}

function readActivity(value: unknown, index: number, context: Context): ReadActivity {
  const place = `/activities/${index}`;
  const fields = object(value, place);
  const id = text(fields, 'activity', place);
  if (context.seen.has(id)) duplicate(`${place}/activity`, id);
  context.seen.add(id);
  const process = readOwner(fields, place, context);
  const role = oneOfOr(fields, 'role', place, ROLES, 'burden' as const);
  const carries = role === 'burden' || role === 'credit';
  const line = textOr(fields, 'line', place, 'shared');
  if (line !== 'shared' && !/^L[1-9]\d?$/.test(line)) malformed(`${place}/line`, 'L1 to L99 or shared', line);
  const home = process === context.home;
  if (!home && (line !== 'shared' || role === 'output' || role === 'metered-use'))
    malformed(`${place}/line`, 'shared: only the reference process has lines', line);
  const stage = carries ? oneOf(fields, 'stage', place, STAGES) : null;
  if (!carries && (fields.stage ?? null) !== null)
    malformed(`${place}/stage`, `null for ${role}`, fields.stage);
  if (stage !== null && !home && (LATER_STAGES as readonly Stage[]).includes(stage)) {
    refuse(
      'product-system/stage-outside-gate',
      `${place}/stage`,
      `${stage} of ${shown(fields.process)} lies before the gate of the product`,
    );
  }
  if (role === 'credit' && stage === 'waste') {
    refuse(
      'product-system/recycling-credit',
      `${place}/role`,
      'recycled or incinerated waste earns no credit',
    );
  }
  return {
    index,
    id,
    process,
    role,
    stage,
    line,
    allocation: readSplit(fields, place, carries && home, line),
    kind: textOr(fields, 'kind', place, 'other'),
    period: readOwnPeriod(fields.period, place, context.whole),
    ...readState(fields, place),
    grade: oneOfOr(fields, 'grade', place, GRADES, 'manual' as const),
    factors: readUsed(fields, place, carries, context),
    supplierFootprint: textOr(fields, 'supplierFootprint', place, null),
    series: () =>
      JSON.stringify([fields.kind ?? 'other', fields.item ?? id, line, process, fields.name ?? id]),
  };
}

const GRADES = ['signed-meter', 'api', 'file', 'bill', 'manual', 'archive'] as const;

function readOwner(fields: Fields, place: string, { index, home }: Context): number {
  const name = textOr(fields, 'process', place, null);
  if (name === null) return home;
  return index.get(name) ?? unknown(`${place}/process`, 'process', name);
}

function readOwnPeriod(value: unknown, place: string, whole: Period): Period {
  if (value === undefined || value === null) return whole;
  const period = readPeriod(value, `${place}/period`);
  if (period.start < whole.start || period.end > whole.end) {
    refuse(
      'product-system/outside-period',
      `${place}/period`,
      `${period.start} to ${period.end} is not inside ${whole.start} to ${whole.end}`,
    );
  }
  return period;
}

function readSplit(fields: Fields, place: string, splits: boolean, line: string) {
  if (splits && line === 'shared')
    return oneOfOr(fields, 'allocation', place, ['pieces', 'electricity-use'] as const, 'pieces' as const);
  if ((fields.allocation ?? null) !== null)
    malformed(
      `${place}/allocation`,
      'null, it splits between the lines of the reference process',
      fields.allocation,
    );
  return null;
}

const STATES = ['value', 'zero', 'missing', 'estimated'] as const;

/** Missing is a state, never a nought; a nought is confirmed by its state. */
function readState(fields: Fields, place: string): { state: State; amount: Measure | null } {
  const state: State = oneOfOr(fields, 'state', place, STATES, 'value' as const);
  const missing = fields.quantity === undefined || fields.quantity === null;
  if ((state === 'missing') !== missing) {
    return refuse(
      'product-system/state-mismatch',
      `${place}/quantity`,
      `state ${state} does not fit ${shown(fields.quantity)}`,
    );
  }
  if (missing) return { state, amount: null };
  const amount = measure(fields.quantity, `${place}/quantity`);
  if ((state === 'zero') !== (amount.value.n === 0n)) {
    refuse(
      'product-system/state-mismatch',
      `${place}/quantity`,
      `a nought needs state "zero", seen ${state}`,
    );
  }
  return { state, amount };
}

/** One life-cycle or spend-based factor or supplier footprint alone, or direct and upstream ones together. */
function readUsed(fields: Fields, place: string, carries: boolean, context: Context): readonly ReadFactor[] {
  const ids = listOrNone(fields.factors, `${place}/factors`);
  const supplier = textOr(fields, 'supplierFootprint', place, null);
  const count = ids.length + (supplier === null ? 0 : 1);
  if (!carries && count > 0)
    malformed(`${place}/factors`, 'without factors: this role carries no emissions', ids);
  if (ids.length > MAX_FACTORS_PER_ACTIVITY)
    malformed(`${place}/factors`, `at most ${MAX_FACTORS_PER_ACTIVITY} ids`, ids);
  const used = ids.map((each, at) => findFactor(each, context.factors, `${place}/factors/${at}`));
  if (supplier !== null) {
    used.push(
      context.suppliers.get(supplier) ??
        unknown(`${place}/supplierFootprint`, 'supplier footprint', supplier),
    );
  }
  const wholes = used.filter(
    (factor) => factor.kind === 'life-cycle' || factor.kind === 'spend-based',
  ).length;
  if (carries && (count === 0 || (wholes > 0 && count > 1) || (count > 1 && new Set(used).size < count))) {
    refuse(
      'product-system/factor-combination',
      `${place}/factors`,
      `${count} factors, ${wholes} of them whole by themselves`,
    );
  }
  return used;
}

function findFactor(id: unknown, factors: ReadonlyMap<string, ReadFactor>, place: string): ReadFactor {
  const factor = factors.get(id as string) ?? unknown(place, 'factor', id);
  if (factor.kind === 'inventory-co2') {
    refuse(
      'product-system/inventory-factor',
      place,
      `${shown(id)} (kgCO2/${factor.perUnit}, ${factor.year}) is for an organisation's CO2 inventory`,
    );
  }
  return factor;
}

function readExchange(
  value: unknown,
  index: number,
  processes: readonly ReadProcess[],
  context: Context,
): ReadExchange {
  const place = `/exchanges/${index}`;
  const fields = object(value, place);
  const provider = context.index.get(text(fields, 'from', place));
  if (provider === undefined) return unknown(`${place}/from`, 'process', fields.from);
  const maker = processes[provider] as ReadProcess;
  const output = findOutput(fields, maker, place);
  const flow = oneOfOr(fields, 'flow', place, ['product', 'waste', 'avoided'] as const, 'product' as const);
  if ((flow === 'waste') !== (maker.outputs[output]?.role === 'treatment')) {
    malformed(`${place}/flow`, '"waste" exactly where the other process treats waste', flow);
  }
  return {
    index,
    process: readOwner(fields, place, context),
    provider,
    output,
    flow,
    ...readState(fields, place),
  };
}

function readCutOff(value: unknown): Rational | null {
  if (value === undefined || value === null) return null;
  const shares = list(value, '/cutOff').map((each, at) => {
    const place = `/cutOff/${at}`;
    const fields = object(each, place);
    text(fields, 'what', place);
    text(fields, 'reason', place);
    return percent(fields.share, `${place}/share`);
  });
  const total = sum(shares);
  if (compare(total, { n: 1n, d: 1n }) > 0)
    refuse('product-system/percent-out-of-range', '/cutOff', 'more than everything is left out');
  return total;
}

/** Fossil and biogenic carbon are in the product, so they weigh no more than it does. */
function readCarbonContent(fields: Fields, declaredUnit: Measure): ReadInput['carbonContent'] {
  const stated = { fossil: null, biogenic: null, recycled: null } as Record<string, string | null>;
  const mass = measureOrNone(fields, 'massPerUnit', '');
  const kg =
    mass !== null
      ? inUnit(mass, 'kg', '/massPerUnit')
      : declaredUnit.unit === 'kg'
        ? declaredUnit.value
        : null;
  if (fields.carbonContent !== undefined && fields.carbonContent !== null) {
    const content = object(fields.carbonContent, '/carbonContent');
    for (const key of Object.keys(stated)) {
      stated[key] = textOr(content, key, '/carbonContent', null);
      const value = stated[key];
      if (value === null) continue;
      const { n } = decimal(value, `/carbonContent/${key}`);
      if (n < 0n)
        refuse('product-system/carbon-content', `/carbonContent/${key}`, `${value} kg is below zero`);
    }
    const carbon = sum(
      [stated.fossil, stated.biogenic].map((each) => decimal(each ?? '0', '/carbonContent')),
    );
    if (kg !== null && compare(carbon, kg) > 0)
      refuse('product-system/carbon-content', '/carbonContent', 'more carbon than the declared unit weighs');
  }
  return stated as ReadInput['carbonContent'];
}

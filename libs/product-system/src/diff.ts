/** Two results held against each other, and a result held against its own input. */
import { formatExact, parseDecimal, subtract } from '#lib/quantity';
import { changeOf } from './compare.ts';
import { computeProductSystem } from './compute.ts';
import { ProductSystemError, type ProductSystemErrorCode } from './errors.ts';
import type { Activity, ProductSystemInput, ProductSystemResult } from './model.ts';

export type Calculation = { readonly input: ProductSystemInput; readonly result: ProductSystemResult };

export type Change = {
  readonly what:
    | 'added'
    | 'removed'
    | 'quantity'
    | 'state'
    | 'factor'
    | 'factor-value'
    | 'allocation'
    | 'amount'
    | 'exchange';
  /** Name of the activity or process, or JSON pointer of the exchange. */
  readonly where: string;
  readonly before: string | null;
  readonly after: string | null;
  /** kgCO2e per declared unit that the line moved; null where no single figure stands for it. */
  readonly perUnit: string | null;
};

export type ResultDiff = {
  readonly perUnit: {
    readonly before: string;
    readonly after: string;
    readonly change: string;
    readonly percent: string | null;
  };
  readonly stages: readonly {
    readonly stage: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  readonly changes: readonly Change[];
};

/** What changed from `before` to `after`: which line, factor, quantity, allocation, and by how much. */
export function diffResults(before: Calculation, after: Calculation): ResultDiff {
  const pairs = pairActivities(before.input.activities, after.input.activities);
  const [was, is] = [lookUp(before), lookUp(after)];
  const changes = pairs.flatMap(([old, now]) => activityChanges(was, is, old, now));
  return {
    perUnit: {
      before: before.result.perUnit.value,
      after: after.result.perUnit.value,
      change: difference(before.result.perUnit.value, after.result.perUnit.value),
      percent: changeOf(before.result.perUnit.value, after.result.perUnit.value),
    },
    stages: [...new Set([...before.result.stages, ...after.result.stages].map(({ stage }) => stage))].map(
      (stage) => ({
        stage,
        before: before.result.stages.find((each) => each.stage === stage)?.perUnit ?? null,
        after: after.result.stages.find((each) => each.stage === stage)?.perUnit ?? null,
      }),
    ),
    changes: [...changes, ...processChanges(before, after), ...exchangeChanges(before, after)],
  };
}

type Pair = readonly [Activity | null, Activity | null];

/** By id; what is left, by what it is about, since a new bill is a new document. */
function pairActivities(before: readonly Activity[], after: readonly Activity[]): Pair[] {
  const byId = new Map(after.map((each) => [each.activity, each]));
  const taken = new Set<string>();
  const pairs: Pair[] = [];
  const left: Activity[] = [];
  for (const old of before) {
    const now = byId.get(old.activity);
    if (now === undefined) left.push(old);
    else {
      taken.add(now.activity);
      pairs.push([old, now]);
    }
  }
  const bySubject = new Map<string, Activity[]>();
  for (const now of after) {
    if (taken.has(now.activity)) continue;
    const subject = subjectOf(now);
    const members = bySubject.get(subject);
    if (members) members.push(now);
    else bySubject.set(subject, [now]);
  }
  for (const old of left) pairs.push([old, bySubject.get(subjectOf(old))?.shift() ?? null]);
  for (const rest of bySubject.values()) for (const now of rest) pairs.push([null, now]);
  return pairs;
}

const subjectOf = ({ process, kind, item, line, name, stage, role }: Activity): string =>
  JSON.stringify([
    process ?? null,
    kind ?? null,
    item ?? null,
    line ?? null,
    name ?? null,
    stage ?? null,
    role ?? null,
  ]);

function activityChanges(
  before: LookUp,
  after: LookUp,
  old: Activity | null,
  now: Activity | null,
): Change[] {
  const was = old === null ? null : (before.figures.get(old.activity) ?? null);
  const is = now === null ? null : (after.figures.get(now.activity) ?? null);
  const moved = was === is ? null : difference(was ?? '0', is ?? '0');
  const where = (now ?? old)?.activity ?? '';
  const change = (what: Change['what'], a: string | null, b: string | null): Change[] =>
    a === b ? [] : [{ what, where, before: a, after: b, perUnit: moved }];
  if (old === null) return [{ what: 'added', where, before: null, after: amountOf(now), perUnit: moved }];
  if (now === null) return [{ what: 'removed', where, before: amountOf(old), after: null, perUnit: moved }];
  const found = [
    ...change('quantity', amountOf(old), amountOf(now)),
    ...change('state', old.state ?? 'value', now.state ?? 'value'),
    ...change('factor', factorsOf(old), factorsOf(now)),
    ...change('allocation', old.allocation ?? null, now.allocation ?? null),
  ];
  // Same names, other values: a factor record is known by its content, but an input by hand may reuse a name.
  if (factorsOf(old) === factorsOf(now))
    found.push(...change('factor-value', valuesOf(before, old), valuesOf(after, now)));
  // Nothing of its own changed and it moved all the same: the amount made, or the runs of its process.
  return found.length === 0 ? change('amount', was, is) : found;
}

const amountOf = (activity: Activity | null): string | null =>
  activity?.quantity ? `${activity.quantity.value} ${activity.quantity.unit}` : null;

const factorsOf = ({ factors, supplierFootprint }: Activity): string =>
  [...(factors ?? []), ...(supplierFootprint ? [supplierFootprint] : [])].join(' + ');

interface LookUp {
  readonly figures: ReadonlyMap<string, string | null>;
  readonly values: ReadonlyMap<string, string>;
}

/** Figure per unit by activity, value by factor or supplier footprint. */
function lookUp({ input, result }: Calculation): LookUp {
  const records = [...input.factors, ...(input.suppliers ?? [])];
  return {
    figures: new Map(result.working.map(({ activity, amount }) => [activity, amount?.perUnit ?? null])),
    values: new Map(records.map(({ id, value, unit }) => [id, `${value} ${unit}`])),
  };
}

const valuesOf = ({ values }: LookUp, { factors, supplierFootprint }: Activity): string =>
  [...(factors ?? []), ...(supplierFootprint ? [supplierFootprint] : [])]
    .map((id) => values.get(id) ?? '')
    .join(' + ');

function processChanges(before: Calculation, after: Calculation): Change[] {
  return after.result.allocations.flatMap((now) => {
    const old = before.result.allocations.find(({ process }) => process === now.process);
    const [was, is] = [old, now].map((each) =>
      each
        ? `${each.allocation}: ${each.parts.map(({ output, share }) => `${output} ${share} %`).join(', ')}`
        : null,
    );
    return was === is
      ? []
      : [
          {
            what: 'allocation' as const,
            where: now.process,
            before: was ?? null,
            after: is ?? null,
            perUnit: null,
          },
        ];
  });
}

function exchangeChanges(before: Calculation, after: Calculation): Change[] {
  const read = ({ input }: Calculation): Map<string, string> => {
    const all = new Map<string, string>();
    for (const { process, from, output, flow, quantity } of input.exchanges ?? []) {
      const subject = [process ?? input.reference.process, flow ?? 'product', from, output ?? '']
        .join(' ')
        .trim();
      const amount = quantity ? `${quantity.value} ${quantity.unit}` : 'missing';
      const known = all.get(subject);
      all.set(subject, known === undefined ? amount : `${known} + ${amount}`);
    }
    return all;
  };
  const [old, now] = [read(before), read(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((where) => {
    const [was, is] = [old.get(where) ?? null, now.get(where) ?? null];
    return was === is ? [] : [{ what: 'exchange' as const, where, before: was, after: is, perUnit: null }];
  });
}

const difference = (from: string, to: string): string =>
  formatExact(subtract(parseDecimal(to), parseDecimal(from)));

export type Check =
  | { readonly same: true }
  | {
      readonly same: false;
      /** Set where the input itself is refused. */
      readonly refused: { readonly code: ProductSystemErrorCode; readonly pointer: string } | null;
      readonly differences: readonly {
        readonly pointer: string;
        readonly stated: unknown;
        readonly computed: unknown;
      }[];
    };

const MOST_DIFFERENCES = 100;

/** Calculates again and says whether the stated result follows from its input, and where it does not. */
export function checkResult({
  input,
  result,
}: {
  readonly input: ProductSystemInput;
  readonly result: unknown;
}): Check {
  let computed: ProductSystemResult;
  try {
    computed = computeProductSystem(input);
  } catch (error) {
    if (!(error instanceof ProductSystemError)) throw error;
    return { same: false, refused: { code: error.code, pointer: error.pointer }, differences: [] };
  }
  const differences = [...differ(result, computed, '')].slice(0, MOST_DIFFERENCES);
  return differences.length === 0 ? { same: true } : { same: false, refused: null, differences };
}

function* differ(
  stated: unknown,
  computed: unknown,
  pointer: string,
): Generator<{ pointer: string; stated: unknown; computed: unknown }> {
  if (isTree(stated) && isTree(computed) && Array.isArray(stated) === Array.isArray(computed)) {
    for (const key of new Set([...Object.keys(stated), ...Object.keys(computed)])) {
      const token = key.replaceAll('~', '~0').replaceAll('/', '~1');
      yield* differ(own(stated, key), own(computed, key), `${pointer}/${token}`);
    }
  } else if (stated !== computed) {
    yield { pointer, stated: stated ?? null, computed: computed ?? null };
  }
}

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;
const own = (tree: Tree, key: string): unknown => (Object.hasOwn(tree, key) ? tree[key] : undefined);

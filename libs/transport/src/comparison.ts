/** Two ways for one load: road against sea and rail. */
import { compare, formatExact, subtract } from '#lib/quantity';
import type { TransportChain } from './chain.ts';
import { type ChainResult, percentOf, workChain } from './emissions.ts';
import { TransportError } from './errors.ts';

export interface RouteComparison {
  readonly from: string;
  readonly to: string;
  readonly loadKg: string;
  readonly routes: readonly [ChainResult, ChainResult];
  /** Name of the route that emits less; null where they emit the same. */
  readonly lower: string | null;
  /** WTW of the first less WTW of the second, kgCO2e, all digits, with its sign. */
  readonly differenceKg: string;
  /** Both bases, since "80 % less" and "400 % more" are one difference. Two decimals; null where the base is 0. */
  readonly differencePercent: { readonly ofTheHigher: string | null; readonly ofTheLower: string | null };
}

/**
 * Compared by emissions of the load from door to door, never per tkm: the longer way has more tkm to divide by.
 * @throws {TransportError} unlike-loads, unlike-routes; places begin with /0 or /1
 */
export function compareRoutes(first: TransportChain, second: TransportChain): RouteComparison {
  const { result: a, wtw: left } = at('/0', () => workChain(first));
  const { result: b, wtw: right } = at('/1', () => workChain(second));
  if (a.loadKg !== b.loadKg)
    throw new TransportError(
      'transport/unlike-loads',
      '/1/load',
      `${a.loadKg} kg is held against ${b.loadKg} kg`,
      'compare two ways for one load',
    );
  if (a.from !== b.from || a.to !== b.to)
    throw new TransportError(
      'transport/unlike-routes',
      '/1/elements',
      `${a.from} to ${a.to} is held against ${b.from} to ${b.to}`,
      'begin and end both at the same places; add the haul to the port or the station',
    );
  const order = compare(left, right);
  const [higher, lower] = order >= 0 ? [left, right] : [right, left];
  const gap = subtract(higher, lower);
  return {
    from: a.from,
    to: a.to,
    loadKg: a.loadKg,
    routes: [a, b],
    lower: order === 0 ? null : order > 0 ? b.name : a.name,
    differenceKg: formatExact(subtract(left, right)),
    differencePercent: { ofTheHigher: percentOf(gap, higher), ofTheLower: percentOf(gap, lower) },
  };
}

function at<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof TransportError)) throw cause;
    throw new TransportError(cause.code, `${prefix}${cause.place}`, cause.message, cause.remedy, { cause });
  }
}

/** Emission factors of libs/factors as the figures of a leg or hub. */
import type { Factor } from '#lib/factors';
import type { DistanceKind, Emission } from './chain.ts';
import { TransportError } from './errors.ts';

/**
 * A direct factor with its upstream one, or a life-cycle factor alone. `distanceKind`: which distance the factors
 * are per, if their publisher says so.
 * @throws {TransportError} transport/factor-kind, incomplete-life-cycle, unlike-factors
 */
export function emissionOf(
  factors: readonly Factor[],
  distanceKind: DistanceKind | null,
  place: string,
): Emission {
  const [first, second] = factors;
  const of = (kind: Factor['kind']) => factors.find((factor) => factor.kind === kind);
  for (const { kind, id } of factors)
    if (kind === 'inventory-co2' || kind === 'spend-based')
      throw new TransportError(
        'transport/factor-kind',
        place,
        `${id} is ${kind}`,
        'take a life-cycle factor, or a direct one with its upstream one',
      );
  const whole = of('life-cycle');
  const [direct, upstream] = [of('direct'), of('upstream')];
  if (whole !== undefined && factors.length === 1)
    return {
      ...common(whole, distanceKind),
      ttw: null,
      wtt: null,
      wtw: whole.value,
      source: whole.id,
      primaryDataShare: whole.primaryDataShare,
    };
  if (direct === undefined || upstream === undefined || factors.length !== 2)
    throw new TransportError(
      'transport/incomplete-life-cycle',
      place,
      `the factors are ${factors.map(({ kind }) => kind).join(' and ') || 'none'}`,
      'give one life-cycle factor, or one direct factor and its upstream one',
    );
  for (const member of ['unit', 'gwp', 'region', 'year'] as const)
    if (first![member] !== second![member])
      throw new TransportError(
        'transport/unlike-factors',
        place,
        `${member} is ${first![member]} and ${second![member]}`,
        'take both figures from one set of one year',
      );
  return {
    ...common(direct, distanceKind),
    ttw: direct.value,
    wtt: upstream.value,
    wtw: null,
    source: `${direct.id} ${upstream.id}`,
    // Two shares of one figure cannot be joined without weights, so only where they agree is it known.
    primaryDataShare: direct.primaryDataShare === upstream.primaryDataShare ? direct.primaryDataShare : null,
  };
}

const common = ({ unit }: Factor, distanceKind: DistanceKind | null) =>
  ({ basis: 'intensity', unit, distanceKind }) as const;

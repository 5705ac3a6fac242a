/**
 * A transport chain after ISO 14083: a load carried from one place to another over elements, each of which is a
 * leg (a vehicle moves it) or a hub (it is handled or stored). Written as docs/formats/transport.md says.
 */
import { isUnit, type Unit } from '#lib/quantity';
import { TransportError } from './errors.ts';

/** The modes ISO 14083 names. */
export const MODES = ['road', 'rail', 'sea', 'inland-waterway', 'air', 'pipeline', 'cable-car'] as const;
export type Mode = (typeof MODES)[number];

/** Transport activity is a product with a distance, so two kinds of distance give two intensities. */
export const DISTANCE_KINDS = ['shortest-feasible', 'great-circle', 'actual'] as const;
export type DistanceKind = (typeof DISTANCE_KINDS)[number];

/**
 * What an element emits. `intensity`: kgCO2e per unit of activity (a leg's tkm, a hub's mass). `stated`: kgCO2e of
 * this load over the whole element, as a carrier states it.
 * WTW (well to wheel) = TTW (tank to wheel) + WTT (well to tank). Two of three are enough; WTW alone is enough for
 * the total, and the two parts are then unknown.
 */
export type Emission = {
  readonly basis: 'intensity' | 'stated';
  /** `kgCO2e/tkm`, `kgCO2e/t` …; `kgCO2e` where stated. */
  readonly unit: string;
  readonly ttw: string | null;
  readonly wtt: string | null;
  readonly wtw: string | null;
  /** Which distance the intensity was made with; null: its maker does not say, or there is none. */
  readonly distanceKind: DistanceKind | null;
  readonly source: string;
  /** Percent of the figure that rests on primary data; null: not known, counted as none and listed. */
  readonly primaryDataShare: string | null;
};

export type Amount = { readonly value: string; readonly unit: Unit };

export type Leg = {
  readonly type: 'leg';
  readonly id: string;
  readonly mode: Mode;
  readonly from: string;
  readonly to: string;
  readonly distance: Amount & { readonly kind: DistanceKind };
  /** Mass and distance are the maker's or carrier's own records, not an assumption. */
  readonly primaryActivity: boolean;
  /** What the carrier writes as the leg's activity, in tkm: checked, never used. */
  readonly statedTkm: string | null;
  readonly emission: Emission;
};

export type Hub = {
  readonly type: 'hub';
  readonly id: string;
  readonly at: string;
  readonly primaryActivity: boolean;
  readonly emission: Emission;
};

export const CHAIN_FORMAT = 'anchorleaf-transport-chain/v1';

export type TransportChain = {
  readonly format: typeof CHAIN_FORMAT;
  readonly name: string;
  /** Freight with its packaging; pallets and containers of the carrier belong to its intensity. */
  readonly load: Amount;
  readonly elements: readonly (Leg | Hub)[];
};

const MOST_ELEMENTS = 1_000;

/**
 * Untrusted JSON as a chain; members that the format does not know are refused. Numbers are read later.
 * @throws {TransportError} malformed-input, unknown-mode, unknown-distance-kind, duplicate, too-many-elements, broken-chain
 */
export function readChain(json: unknown): TransportChain {
  const chain = object(json, '', ['format', 'name', 'load', 'elements']);
  if (chain.format !== CHAIN_FORMAT) throw malformed('/format', chain.format, `"${CHAIN_FORMAT}"`);
  if (!Array.isArray(chain.elements) || chain.elements.length === 0)
    throw malformed('/elements', chain.elements, 'a list of at least one leg');
  if (chain.elements.length > MOST_ELEMENTS)
    throw new TransportError(
      'transport/too-many-elements',
      '/elements',
      `${chain.elements.length} elements; a chain has at most ${MOST_ELEMENTS}`,
      'calculate each shipment as a chain of its own',
    );
  const elements = chain.elements.map((each, index) => readElement(each, `/elements/${index}`));
  inOrder(elements);
  return {
    format: CHAIN_FORMAT,
    name: text(chain, 'name', ''),
    load: amount(chain.load, '/load', []),
    elements,
  };
}

function readElement(json: unknown, place: string): Leg | Hub {
  const type = (json as { readonly type?: unknown } | null)?.type;
  if (type === 'hub') {
    const hub = object(json, place, ['type', 'id', 'at', 'primaryActivity', 'emission']);
    return {
      type,
      id: text(hub, 'id', place),
      at: text(hub, 'at', place),
      primaryActivity: flag(hub, 'primaryActivity', place),
      emission: readEmission(hub.emission, `${place}/emission`),
    };
  }
  if (type !== 'leg') throw malformed(`${place}/type`, type, '"leg" or "hub"');
  const leg = object(json, place, [
    'type',
    'id',
    'mode',
    'from',
    'to',
    'distance',
    'primaryActivity',
    'statedTkm',
    'emission',
  ]);
  const distance = object(leg.distance, `${place}/distance`, ['value', 'unit', 'kind']);
  return {
    type,
    id: text(leg, 'id', place),
    mode: oneOf(leg.mode, MODES, 'transport/unknown-mode', `${place}/mode`),
    from: text(leg, 'from', place),
    to: text(leg, 'to', place),
    distance: {
      ...amount(distance, `${place}/distance`, ['kind']),
      kind: oneOf(distance.kind, DISTANCE_KINDS, 'transport/unknown-distance-kind', `${place}/distance/kind`),
    },
    primaryActivity: flag(leg, 'primaryActivity', place),
    statedTkm: textOrNull(leg, 'statedTkm', place),
    emission: readEmission(leg.emission, `${place}/emission`),
  };
}

function readEmission(json: unknown, place: string): Emission {
  const emission = object(json, place, [
    'basis',
    'unit',
    'ttw',
    'wtt',
    'wtw',
    'distanceKind',
    'source',
    'primaryDataShare',
  ]);
  const { basis } = emission;
  if (basis !== 'intensity' && basis !== 'stated')
    throw malformed(`${place}/basis`, basis, '"intensity" or "stated"');
  return {
    basis,
    unit: text(emission, 'unit', place),
    ttw: textOrNull(emission, 'ttw', place),
    wtt: textOrNull(emission, 'wtt', place),
    wtw: textOrNull(emission, 'wtw', place),
    distanceKind:
      emission.distanceKind === null
        ? null
        : oneOf(
            emission.distanceKind,
            DISTANCE_KINDS,
            'transport/unknown-distance-kind',
            `${place}/distanceKind`,
          ),
    source: text(emission, 'source', place),
    primaryDataShare: textOrNull(emission, 'primaryDataShare', place),
  };
}

/** The load is always somewhere: each element begins where the one before it ended, and something carries it. */
function inOrder(elements: readonly (Leg | Hub)[]): void {
  const ids = new Set<string>();
  let where: string | null = null;
  for (const [index, element] of elements.entries()) {
    const place = `/elements/${index}`;
    if (ids.has(element.id))
      throw new TransportError(
        'transport/duplicate',
        `${place}/id`,
        `${element.id} stands twice in the chain`,
        'give each element an id of its own; remove the element if it was entered twice',
      );
    ids.add(element.id);
    const [start, member] = element.type === 'leg' ? [element.from, 'from'] : [element.at, 'at'];
    if (where !== null && where !== start)
      throw new TransportError(
        'transport/broken-chain',
        `${place}/${member}`,
        `the load is in ${where}, the element begins in ${start}`,
        'add the missing leg, or write the place as the element before it does',
      );
    where = element.type === 'leg' ? element.to : element.at;
  }
  if (!elements.some(({ type }) => type === 'leg'))
    throw new TransportError(
      'transport/malformed-input',
      '/elements',
      'nothing carries the load',
      'name at least one leg',
    );
}

type Fields = Readonly<Record<string, unknown>>;

function object(json: unknown, place: string, members: readonly string[]): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw malformed(place, json, 'an object');
  for (const key of Object.keys(json))
    if (!members.includes(key))
      throw malformed(`${place}/${key}`, key, `only the members ${members.join(', ')}`);
  for (const key of members)
    if (!Object.hasOwn(json, key)) throw malformed(`${place}/${key}`, undefined, 'it, null where unknown');
  return json as Fields;
}

function amount(json: unknown, place: string, more: readonly string[]): Amount {
  const fields = object(json, place, ['value', 'unit', ...more]);
  const unit = text(fields, 'unit', place);
  if (!isUnit(unit))
    throw new TransportError(
      'transport/unit',
      `${place}/unit`,
      `${JSON.stringify(unit.slice(0, 40))} is not a known unit`,
      'write mass in kg or t and distance in km (a nautical mile is 1.852 km)',
    );
  return { value: text(fields, 'value', place), unit };
}

function text(fields: Fields, key: string, place: string): string {
  const value = fields[key];
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw malformed(`${place}/${key}`, value, 'a text');
}

const textOrNull = (fields: Fields, key: string, place: string): string | null =>
  fields[key] === null ? null : text(fields, key, place);

function flag(fields: Fields, key: string, place: string): boolean {
  const value = fields[key];
  if (typeof value === 'boolean') return value;
  throw malformed(`${place}/${key}`, value, 'true or false');
}

function oneOf<T extends string>(
  value: unknown,
  all: readonly T[],
  code: 'transport/unknown-mode' | 'transport/unknown-distance-kind',
  place: string,
): T {
  const found = all.find((each) => each === value);
  if (found !== undefined) return found;
  throw new TransportError(code, place, `seen ${shown(value)}`, `write one of ${all.join(', ')}`);
}

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 80);

function malformed(place: string, seen: unknown, wanted: string): TransportError {
  return new TransportError('transport/malformed-input', place, `seen ${shown(seen)}`, `write ${wanted}`);
}

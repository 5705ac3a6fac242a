/**
 * What goes into a product footprint and what comes out. Every number is a decimal string, every unit is
 * written beside it; the same two shapes stand in `footprint/v1` documents (docs/formats/footprint.md).
 */
import type { ActivityKind, ActivityState, Line, Names, Period, SourceGrade } from '#lib/evidence';
import type { Quantity } from '#lib/quantity';

/** Life-cycle stages of a cradle-to-gate footprint in the order they are shown; outbound stands apart. */
export const STAGES = [
  'materials',
  'inbound-transport',
  'electricity',
  'heat',
  'packaging',
  'waste',
  'outbound-transport',
] as const;
export type Stage = (typeof STAGES)[number];

/**
 * `life-cycle` is whole by itself; `direct` (tank to wheel, stack) and `upstream` (well to tank, extraction)
 * are whole together; `inventory-co2` belongs to an organisation's inventory and never to a product.
 */
export const FACTOR_KINDS = ['life-cycle', 'direct', 'upstream', 'inventory-co2'] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];

export const FACTOR_GRADES = ['official', 'second-hand', 'computed', 'maker-stated'] as const;
export type FactorGrade = (typeof FACTOR_GRADES)[number];

/** An emission factor as a record; `id` is the content id of its RFC 8785 bytes without `id`. */
export type Factor = {
  readonly id: string;
  readonly name: Names;
  readonly value: string;
  /** `kgCO2e/kWh`, `kgCO2e/tkm` …; inventory factors are in `kgCO2/…`. */
  readonly unit: string;
  readonly kind: FactorKind;
  /** Set of global warming potentials behind the figure; `not-stated` if its publisher does not say. */
  readonly gwp: 'AR4' | 'AR5' | 'AR6' | 'not-stated';
  readonly region: string;
  readonly year: string;
  readonly source: string;
  readonly licence: string;
  readonly grade: FactorGrade;
  /** Why this figure stands in for a better one, or null. */
  readonly standIn: string | null;
  readonly makerStated: boolean;
  /** Percent of the figure that rests on primary data, for maker-stated figures that say so. */
  readonly primaryDataShare: string | null;
};

/**
 * `burden` adds emissions, `credit` takes them off (avoided product), `metered-use` says where electricity
 * went and carries none itself, `output` counts what was made.
 */
export type Role = 'burden' | 'credit' | 'metered-use' | 'output';

/** How something shared falls to the lines: by declared units made, or by metered electricity. */
export type Allocation = 'pieces' | 'electricity-use';

export type InputActivity = {
  /** Content id of the activity document. */
  readonly activity: string;
  readonly name: Names;
  readonly kind: ActivityKind;
  readonly item: string;
  readonly role: Role;
  readonly stage: Stage | null;
  readonly line: Line;
  /** Set exactly when the line is `shared`. */
  readonly allocation: Allocation | null;
  readonly period: Period;
  readonly state: ActivityState;
  readonly quantity: Quantity | null;
  readonly grade: SourceGrade;
  readonly supplier: { readonly name: string } | null;
  /** Ids of one life-cycle factor, or of direct and upstream factors that belong together. */
  readonly factors: readonly string[];
};

export type FootprintInput = {
  readonly format: 'anchorleaf-footprint-input/v1';
  /** Product id, a URI. */
  readonly product: string;
  readonly template: string;
  readonly declaredUnit: Quantity;
  readonly massPerUnit: Quantity;
  readonly boundary: 'cradle-to-gate';
  readonly criteria: readonly string[];
  readonly period: Period;
  readonly factors: readonly Factor[];
  readonly activities: readonly InputActivity[];
};

/** What a reader must know about the number; texts live in the catalogues, keyed by the code. */
export type GapCode =
  | 'gap/no-upstream'
  | 'gap/no-direct'
  | 'gap/stand-in'
  | 'gap/factor-year'
  | 'gap/missing-quantity'
  | 'gap/estimated'
  | 'gap/period-not-covered'
  | 'gap/use-exceeds-supply'
  | 'gap/gwp-mixed';

export type Gap = {
  readonly code: GapCode;
  /** Position in `input.activities`, or null if the gap concerns the whole. */
  readonly activity: number | null;
  /** Factor id, year, percent or list that the text shows, or null. */
  readonly value: string | null;
};

export type WorkingLine = {
  readonly activity: string;
  readonly stage: Stage;
  readonly line: Line;
  readonly allocation: Allocation | null;
  readonly factors: readonly string[];
  /** Hideable. Null for a missing quantity. */
  readonly amount: {
    readonly kgCO2e: string;
    /** One figure per factor, in the order of `factors`. */
    readonly byFactor: readonly string[];
    readonly perUnit: string;
    /** Percent of the cradle-to-gate total; null outside it. */
    readonly share: string | null;
  } | null;
};

export type LineResult = {
  readonly line: Line;
  /** Hideable. Declared units made on the line. */
  readonly output: Quantity;
  readonly perUnit: string;
  /** Electricity metered on the line itself, without its part of shared loads; null when not metered. */
  readonly electricityPerUnit: { readonly value: string; readonly unit: 'kWh' } | null;
  /** Percent above the line that uses least; null when not metered. */
  readonly electricityAboveBest: string | null;
};

export type FootprintResult = {
  readonly format: 'anchorleaf-footprint-result/v1';
  readonly method: { readonly name: string; readonly version: string };
  readonly perUnit: { readonly value: string; readonly unit: 'kgCO2e'; readonly per: string };
  readonly boundary: 'cradle-to-gate';
  readonly stages: readonly {
    readonly stage: Stage;
    readonly perUnit: string;
    readonly share: string | null;
  }[];
  /** Outbound transport, reported apart and not part of `perUnit`; null if there is none. */
  readonly outbound: { readonly perUnit: string } | null;
  readonly lines: readonly LineResult[];
  /** Percent of the electricity supplied that no meter explains; null without metered use. */
  readonly unallocatedElectricity: string | null;
  readonly working: readonly WorkingLine[];
  /** Percent of cradle-to-gate emissions; null when there are none. */
  readonly shares: {
    readonly primaryData: string | null;
    readonly measuredActivity: string | null;
    readonly makerStatedFactors: string | null;
    readonly standInFactors: string | null;
    readonly estimates: string | null;
    readonly credits: string | null;
  };
  readonly factorGrades: readonly { readonly grade: FactorGrade; readonly share: string | null }[];
  readonly gwpSets: readonly string[];
  readonly gaps: readonly Gap[];
  readonly range: { readonly known: false };
};

/** Paths of a `footprint/v1` document that may stand as salted digests. */
export const FOOTPRINT_HIDEABLE = [
  '/input/activities/*/quantity',
  '/input/activities/*/supplier/name',
  '/result/working/*/amount',
  '/result/lines/*/output',
] as const;

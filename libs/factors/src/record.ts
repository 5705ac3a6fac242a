/**
 * Emission factors as records, version 2. A record holds every member, null where nothing is known, and is
 * named by the hash of what it says: change a digit, a label or a source and it is another factor.
 */
import { canonicalBytes, contentId } from '#lib/canonical';
import type { Names, Period } from '#lib/evidence';

/**
 * `life-cycle` is whole by itself; `direct` (stack, tank to wheel) and `upstream` (extraction, well to tank) are
 * whole together; `inventory-co2` belongs to an organisation's inventory; `spend-based` is per currency unit.
 */
export const FACTOR_KINDS = ['life-cycle', 'direct', 'upstream', 'inventory-co2', 'spend-based'] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];

export const FACTOR_GRADES = ['official', 'second-hand', 'computed', 'maker-stated'] as const;
export type FactorGrade = (typeof FACTOR_GRADES)[number];

export const GWP_SETS = ['AR4', 'AR5', 'AR6', 'not-stated'] as const;
export type FactorGwp = (typeof GWP_SETS)[number];

/**
 * What the value is made of, kgCO2e per unit. Sign: removals and uptake are zero or negative.
 * value = fossil + biogenicNonCO2 + landUseChange + landManagementBiogenicCO2 + removals + aircraft;
 * landManagementFossil is already in fossil, biogenicUptake stands outside (carbon identities of PACT, Catena-X).
 */
export type FactorParts = {
  readonly fossil: string;
  readonly biogenicNonCO2: string;
  readonly landUseChange: string;
  readonly landManagementFossil: string;
  readonly landManagementBiogenicCO2: string;
  readonly removals: string;
  readonly biogenicUptake: string;
  readonly aircraft: string;
};

/** Kilograms of each gas per unit, so that another set of warming potentials can be applied. */
export type FactorGases = { readonly CO2: string; readonly CH4: string; readonly N2O: string };

export type FactorUncertainty = {
  readonly distribution: 'lognormal' | 'triangular' | 'normal';
  /** Square of the geometric standard deviation, at least 1. */
  readonly gsd2: string | null;
  /** Variance of ln(x) before the pedigree adds to it. */
  readonly basicVariance: string | null;
  /** Reliability, completeness, temporal, geographical, further technological; 1 best to 5. */
  readonly pedigree: readonly [number, number, number, number, number] | null;
  readonly min: string | null;
  readonly max: string | null;
};

export type Factor = {
  readonly id: string;
  readonly name: Names;
  readonly value: string;
  /** `kgCO2e/kWh`, `kgCO2e/tkm` …; inventory factors are in `kgCO2/…`. */
  readonly unit: string;
  readonly kind: FactorKind;
  readonly gwp: FactorGwp;
  /** ISO 3166-1 or -2, a grid region such as `CN-EAST`, or `GLO`. */
  readonly region: string;
  /** The time the figure describes, half-open UTC; null where only the year is known. */
  readonly period: Period | null;
  readonly year: string;
  readonly parts: FactorParts | null;
  readonly gases: FactorGases | null;
  readonly source: string;
  /** Hash of the publisher's document, or of the voucher behind a maker's own figure. */
  readonly document: string | null;
  readonly licence: string;
  readonly grade: FactorGrade;
  /** Why this figure stands in for a better one, or null. */
  readonly standIn: string | null;
  readonly makerStated: boolean;
  /** Percent of the figure that rests on primary data, where its maker says so. */
  readonly primaryDataShare: string | null;
  readonly uncertainty: FactorUncertainty | null;
  /** Id of the corrected record, known when this one was written. */
  readonly supersededBy: string | null;
};

export type FactorFields = Omit<Factor, 'id'>;

/** Members that a publisher's plain figure leaves unknown. */
export const UNKNOWN = {
  period: null,
  parts: null,
  gases: null,
  document: null,
  standIn: null,
  makerStated: false,
  primaryDataShare: null,
  uncertainty: null,
  supersededBy: null,
} as const;

export const factorId = (fields: FactorFields): string => contentId(canonicalBytes(fields));

/** The record with its id, `sha256:` of the RFC 8785 bytes of its fields. Fields are trusted: see {@link readFactor}. */
export const makeFactor = (fields: FactorFields): Factor => ({ id: factorId(fields), ...fields });

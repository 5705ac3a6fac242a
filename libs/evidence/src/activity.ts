/**
 * Activity data: what a facility used, made, moved or threw away in a period, with the grade of its source.
 * Types, not interfaces, so that a document is a JSON value to the compiler.
 * One `activity/v1` content document per source and period.
 */
import type { Quantity } from '#lib/quantity';

/** Half-open: from `start`, before `end`; RFC 3339 in UTC, whole seconds, e.g. `2025-03-31T16:00:00Z`. */
export type Period = {
  readonly start: string;
  readonly end: string;
};

export type Names = {
  readonly zh: string;
  readonly en: string;
};

/** Best first. `manual` is typed in without a document; `archive` is copied from records of an earlier system. */
export const SOURCE_GRADES = ['signed-meter', 'api', 'file', 'bill', 'manual', 'archive'] as const;
export type SourceGrade = (typeof SOURCE_GRADES)[number];

/** `zero` is a confirmed nought; `missing` has no quantity and never counts as nought. */
export const ACTIVITY_STATES = ['value', 'zero', 'missing', 'estimated'] as const;
export type ActivityState = (typeof ACTIVITY_STATES)[number];

export const ACTIVITY_KINDS = [
  'electricity',
  'heat',
  'fuel',
  'material',
  'packaging',
  'transport',
  'waste',
  'output',
] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** A production line `L1` … `L99`, or `shared` for what serves several lines. */
export type Line = `L${number}` | 'shared';

/** How the quantity came about; hideable, since it repeats the quantity. */
export type Basis =
  | { readonly kind: 'stated' }
  | {
      readonly kind: 'register';
      readonly unit: string;
      readonly multiplier: string;
      /** One span per meter: a meter change ends one and begins the next. */
      readonly spans: readonly { readonly from: string; readonly to: string }[];
    }
  | {
      readonly kind: 'hourly';
      /** Intervals expected, and how many of them were nought. */
      readonly hours: string;
      readonly zeroHours: string;
      /** SHA-256 of the lines `{start}\t{kWh}\n`, one per hour in order. */
      readonly hoursHash: string;
    }
  | { readonly kind: 'mass-distance'; readonly mass: Quantity; readonly distance: Quantity };

/** A figure that the supplier states for its own product. */
export type SupplierFactor = {
  readonly value: string;
  /** kgCO2e per unit, e.g. `kgCO2e/kg`. */
  readonly unit: string;
  /** Percent of the supplier's figure that rests on primary data, if it says so. */
  readonly primaryDataShare: string | null;
  readonly year: string;
  /** SHA-256 of the statement held as voucher, `sha256:…`. */
  readonly statement: string;
};

/** A readable line of evidence before it becomes a document: the importer's output. */
export type ActivityDraft = {
  readonly kind: ActivityKind;
  /** What it is, as a code of {@link ITEMS}: `grid-electricity`, `bagasse-pulp` … */
  readonly item: string;
  readonly line: Line;
  readonly name: Names;
  readonly period: Period;
  readonly state: ActivityState;
  readonly quantity: Quantity | null;
  readonly basis: Basis;
  readonly grade: SourceGrade;
  readonly meter: string | null;
  /** The voucher's number or file name in plain text; only its salted hash enters a document. */
  readonly voucher: string | null;
  readonly supplier: { readonly name: string; readonly factor: SupplierFactor | null } | null;
  readonly place: { readonly sheet: string; readonly row: number };
};

export type ActivityDocument = {
  readonly type: 'activity/v1';
  readonly nonce: string;
  readonly organisation: string;
  readonly facility: string;
  readonly kind: ActivityKind;
  readonly item: string;
  readonly line: Line;
  readonly name: Names;
  readonly period: Period;
  readonly state: ActivityState;
  readonly quantity: Quantity | null;
  readonly basis: Basis;
  readonly supplier: { readonly name: string; readonly factor: SupplierFactor | null } | null;
  readonly source: {
    readonly grade: SourceGrade;
    readonly sheet: string;
    readonly row: number;
    readonly meter: string | null;
    /** `sha256:…` over salt and voucher, or null when there is no voucher. */
    readonly voucher: string | null;
  };
};

/** Paths of an activity document that may stand as salted digests. */
export const ACTIVITY_HIDEABLE = ['/quantity', '/basis', '/source/voucher', '/supplier/name'] as const;

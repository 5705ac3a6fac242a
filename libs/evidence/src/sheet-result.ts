import type { ActivityDraft } from './activity.ts';
import type { Place, Refusal } from './draft.ts';
import type { RowPeriod } from './row-values.ts';

/** What one sheet gives: activities with the places that later findings point at, and refusals. */
export interface SheetResult {
  readonly activities: readonly ReadRow[];
  readonly refusals: readonly Refusal[];
}

export interface ReadRow {
  readonly activity: ActivityDraft;
  readonly period: RowPeriod;
  /** Where the period stands, and where the quantity stands. */
  readonly place: Place;
  readonly quantityPlace: Place;
}

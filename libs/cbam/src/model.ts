/** What an input says, read: one installation, one reporting period, in base units. */
import { type Rational } from '#lib/quantity';
import { type Category } from './annex1.ts';
import { type FunctionalUnit } from './category.ts';
import { type Installation } from './installation.ts';
import { type Period } from './shape.ts';

export interface Emission {
  readonly id: string;
  readonly place: string;
  readonly group: 'calculation' | 'pfc' | 'measurement';
  readonly kind: string;
  readonly name: string;
  readonly fossil: Rational;
  readonly biogenic: Rational;
  readonly energy: Rational | null;
  /** Why and how the activity data were estimated, or null. */
  readonly estimated: string | null;
  /** Process id, or null for what belongs to no CBAM good, and its fraction. */
  readonly attribution: readonly { readonly process: string | null; readonly share: Rational }[];
}

export interface Good {
  readonly cn: string;
  readonly category: Category;
  readonly name: string;
  readonly invoiceName: string | null;
  readonly use: 'market' | 'internal' | 'non-cbam';
  /** t */
  readonly mass: Rational;
  /** Functional units per tonne: 1, or the clinker or nitrogen share. */
  readonly content: Rational;
  /** Further columns of the communication template, as texts. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Flow {
  readonly amount: Rational;
  readonly factor: Rational;
}

export interface Electricity extends Flow {
  readonly source: ElectricitySource;
  readonly factorSource: string;
}

export const ELECTRICITY_SOURCES = ['default', 'direct-technical-link', 'power-purchase-agreement'] as const;
export type ElectricitySource = (typeof ELECTRICITY_SOURCES)[number];

export interface Process {
  readonly id: string;
  readonly place: string;
  readonly name: string;
  readonly category: Category;
  /** Categories made inside the same process (bubble); flows between them are not precursors. */
  readonly joint: readonly Category[];
  readonly routes: readonly string[];
  readonly goods: readonly Good[];
  readonly unit: FunctionalUnit;
  /** t of all goods, and the functional units in them. */
  readonly mass: Rational;
  readonly activity: Rational;
  readonly heatImported: readonly Flow[];
  readonly heatExported: readonly Flow[];
  /** TJ */
  readonly wasteGasImported: Rational;
  readonly wasteGasExported: Rational;
  readonly electricity: readonly Electricity[];
  readonly electricityExported: readonly Flow[];
  readonly purchased: readonly Use[];
  readonly internal: readonly Use[];
}

export interface Use {
  readonly id: string;
  /** t */
  readonly amount: Rational;
  readonly place: string;
}

export interface VerificationReport {
  readonly number: string;
  readonly verifier: string;
  readonly accreditation: string;
  readonly period: Period;
}

export interface Precursor {
  readonly id: string;
  readonly place: string;
  readonly name: string;
  readonly cn: string;
  readonly category: Category;
  readonly mill: { readonly name: string | null; readonly installation: string | null };
  readonly country: string | null;
  readonly route: string | null;
  readonly producedIn: Period | null;
  /** t */
  readonly purchased: Rational;
  readonly mode: 'actual' | 'actual-unverified' | 'default' | 'exempt';
  /** tCO2e per t; for actual modes. */
  readonly direct: Rational;
  readonly indirect: Rational;
  readonly indirectCounted: Rational;
  /** MWh per t; null where not known. */
  readonly electricity: Rational | null;
  readonly report: VerificationReport | null;
  readonly withMarkUp: boolean;
  readonly justification: string | null;
}

export interface CbamInput {
  readonly installation: Installation;
  readonly period: Period;
  readonly emissions: readonly Emission[];
  readonly processes: readonly Process[];
  readonly precursors: readonly Precursor[];
}

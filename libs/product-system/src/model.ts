/**
 * What goes into a product system and what comes out (docs/formats/product-system.md). Every number is a decimal
 * string with its unit beside it. Members that may be left out are marked `?`; left out and null mean the same.
 */

export type Names = { readonly zh: string; readonly en: string };
/** Half-open, UTC, whole seconds. */
export type Period = { readonly start: string; readonly end: string };
/** `unit`: a unit of libs/quantity, or a currency in three capital letters. */
export type Amount = { readonly value: string; readonly unit: string };

/** Inside the gate, in the order shown. */
export const GATE_STAGES = [
  'materials',
  'inbound-transport',
  'electricity',
  'heat',
  'packaging',
  'waste',
] as const;
/** Behind the gate: shown apart, never part of the product number. */
export const LATER_STAGES = ['outbound-transport', 'use', 'end-of-life'] as const;
export const STAGES = [...GATE_STAGES, ...LATER_STAGES] as const;
export type Stage = (typeof STAGES)[number];

export const FACTOR_KINDS = ['life-cycle', 'direct', 'upstream', 'inventory-co2', 'spend-based'] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];
export const FACTOR_GRADES = ['official', 'second-hand', 'computed', 'maker-stated'] as const;
export type FactorGrade = (typeof FACTOR_GRADES)[number];
export const GWP_SETS = ['AR4', 'AR5', 'AR6', 'not-stated'] as const;

/**
 * What a value consists of, with its sign. Terms of the total without uptake: all but `landManagementFossil`
 * (already in `fossil`) and `biogenicUptake`. A part left out or null is not known; "0" is a statement.
 */
export const SUMMED_PARTS = [
  'fossil',
  'biogenicNonCO2',
  'landUseChange',
  'landManagementBiogenicCO2',
  'removals',
  'technologicalRemovals',
  'ccsCapture',
  'aircraft',
] as const;
export const PARTS = [...SUMMED_PARTS, 'landManagementFossil', 'biogenicUptake'] as const;
export type Part = (typeof PARTS)[number];
export type Parts = { readonly [part in Part]?: string | null };

export type Factor = {
  readonly id: string;
  readonly name?: Names | null;
  readonly value: string;
  /** `kgCO2e/{unit}`; inventory factors `kgCO2/{unit}`; spend-based `kgCO2e/{currency}`. */
  readonly unit: string;
  readonly kind: FactorKind;
  readonly gwp: (typeof GWP_SETS)[number];
  readonly region?: string | null;
  readonly year: string;
  readonly period?: Period | null;
  readonly parts?: Parts | null;
  readonly source?: string | null;
  readonly licence?: string | null;
  readonly grade: FactorGrade;
  readonly standIn?: string | null;
  readonly makerStated?: boolean | null;
  readonly primaryDataShare?: string | null;
  /** Id of the record that replaced this one. */
  readonly supersededBy?: string | null;
};

/** The footprint of something bought, from the passport or PACT record of who made it. */
export type SupplierFootprint = {
  readonly id: string;
  readonly kind: 'passport' | 'pact';
  /** `sha256:…` of the record's bytes. */
  readonly digest: string;
  readonly value: string;
  readonly unit: string;
  readonly boundary: string;
  readonly period: Period;
  readonly primaryDataShare?: string | null;
  readonly verification: 'verified' | 'declared';
  readonly gwp: (typeof GWP_SETS)[number];
  readonly parts?: Parts | null;
};

export const ALLOCATIONS = [
  'mass',
  'economic-value',
  'machine-hours',
  'pieces',
  'electricity-use',
  'system-expansion',
] as const;
export type Allocation = (typeof ALLOCATIONS)[number];

export type Process = {
  readonly id: string;
  readonly name?: Names | null;
  readonly outputs: readonly {
    readonly id: string;
    /** `treatment`: the process takes this waste in, and that is what it is for. */
    readonly role?: 'product' | 'treatment' | null;
    /** Null for the output that the `output` activities of the reference process count. */
    readonly quantity?: Amount | null;
    /** What the burdens are divided by; left out where the quantity itself is in the right dimension. */
    readonly basis?: Amount | null;
  }[];
  readonly allocation?: Allocation | null;
};

export const ROLES = [
  'burden',
  'credit',
  'metered-use',
  'output',
  'secondary-material',
  'recovered-waste',
] as const;
export type Role = (typeof ROLES)[number];
export type State = 'value' | 'zero' | 'missing' | 'estimated';

export type Activity = {
  /** Content id of the activity document, or any name; each once. */
  readonly activity: string;
  /** Left out: the reference process. */
  readonly process?: string | null;
  readonly name?: Names | null;
  readonly kind?: string | null;
  readonly item?: string | null;
  readonly role?: Role | null;
  readonly stage?: Stage | null;
  readonly line?: string | null;
  readonly allocation?: 'pieces' | 'electricity-use' | null;
  readonly period?: Period | null;
  readonly state?: State | null;
  readonly quantity?: Amount | null;
  readonly grade?: string | null;
  readonly supplier?: { readonly name: string } | null;
  readonly factors?: readonly string[] | null;
  readonly supplierFootprint?: string | null;
};

export type Exchange = {
  /** Who uses it, or hands over its waste. Left out: the reference process. */
  readonly process?: string | null;
  /** Who makes it, or treats the waste. */
  readonly from: string;
  /** Left out where that process has one output. */
  readonly output?: string | null;
  /** `avoided`: the product that this process makes needless elsewhere. */
  readonly flow?: 'product' | 'waste' | 'avoided' | null;
  readonly state?: State | null;
  readonly quantity?: Amount | null;
};

export type ProductSystemInput = {
  readonly format: 'anchorleaf-footprint-input/v2';
  readonly product: string;
  readonly template?: string | null;
  readonly declaredUnit: Amount;
  readonly massPerUnit?: Amount | null;
  readonly boundary: 'cradle-to-gate';
  readonly criteria?: readonly string[] | null;
  /** Left out: the product over the period. */
  readonly batch?: string | null;
  readonly period: Period;
  readonly reference: {
    readonly process: string;
    readonly output?: string | null;
    /** For how much the working is printed; left out: the output of the reference process. */
    readonly amount?: Amount | null;
  };
  readonly factors: readonly Factor[];
  readonly suppliers?: readonly SupplierFootprint[] | null;
  readonly processes: readonly Process[];
  readonly activities: readonly Activity[];
  readonly exchanges?: readonly Exchange[] | null;
  /** What was left out on purpose, with its estimated percent of the emissions up to the gate. Left out: not stated. */
  readonly cutOff?:
    | readonly { readonly what: string; readonly reason: string; readonly share: string }[]
    | null;
  /** kg of carbon in one declared unit. */
  readonly carbonContent?: {
    readonly fossil?: string | null;
    readonly biogenic?: string | null;
    readonly recycled?: string | null;
  } | null;
};

export type GapCode =
  | 'gap/no-upstream'
  | 'gap/no-direct'
  | 'gap/stand-in'
  | 'gap/factor-year'
  | 'gap/factor-period'
  | 'gap/superseded-factor'
  | 'gap/spend-based'
  | 'gap/supplier-period'
  | 'gap/supplier-not-verified'
  | 'gap/missing-quantity'
  | 'gap/estimated'
  | 'gap/period-not-covered'
  | 'gap/missing-exchange'
  | 'gap/process-not-used'
  | 'gap/use-exceeds-supply'
  | 'gap/gwp-mixed'
  | 'gap/parts-not-stated'
  | 'gap/cut-off-not-stated'
  | 'gap/cut-off-above-3'
  | 'gap/cut-off-above-5';

export type Gap = {
  readonly code: GapCode;
  /** Position in `input.activities`, or null. */
  readonly activity: number | null;
  readonly value: string | null;
};

export type WorkingLine = {
  readonly activity: string;
  readonly process: string;
  readonly stage: Stage;
  readonly line: string;
  readonly allocation: 'pieces' | 'electricity-use' | null;
  readonly factors: readonly string[];
  readonly supplierFootprint: string | null;
  /** Null for a missing quantity. For the amount of the reference output, times the scaling of the process. */
  readonly amount: {
    readonly kgCO2e: string;
    readonly byFactor: readonly string[];
    readonly perUnit: string;
    readonly share: string | null;
  } | null;
};

export type LineResult = {
  readonly line: string;
  readonly output: Amount;
  readonly perUnit: string;
  readonly electricityPerUnit: { readonly value: string; readonly unit: 'kWh' } | null;
  readonly electricityAboveBest: string | null;
};

/** kgCO2e per declared unit; null: no line states it, "0…": stated and nought. */
export type Positions = { readonly [part in Part]: string | null } & {
  readonly excludingUptake: string;
  readonly includingUptake: string | null;
  /** Of the total, what comes from figures that do not state their parts. */
  readonly notSplit: string;
  /** Of the total. */
  readonly packaging: string | null;
  readonly complete: boolean;
};

export type ProductSystemResult = {
  readonly format: 'anchorleaf-footprint-result/v2';
  readonly method: { readonly name: string; readonly version: string };
  readonly perUnit: { readonly value: string; readonly unit: 'kgCO2e'; readonly per: string };
  readonly of: { readonly batch: string | null; readonly period: Period };
  readonly boundary: 'cradle-to-gate';
  readonly stages: readonly {
    readonly stage: Stage;
    readonly perUnit: string;
    readonly share: string | null;
  }[];
  readonly outbound: { readonly perUnit: string } | null;
  /** Use and end of life, where the input has them; never part of `perUnit`. */
  readonly later: readonly { readonly stage: Stage; readonly perUnit: string }[];
  readonly lines: readonly LineResult[];
  readonly unallocatedElectricity: string | null;
  /** How often each process runs for the amount of the reference output, and what it emits itself. */
  readonly processes: readonly {
    readonly process: string;
    readonly scaling: string;
    readonly perUnit: string;
    readonly share: string | null;
  }[];
  /** Percent of the burdens of a process that each of its outputs carries. */
  readonly allocations: readonly {
    readonly process: string;
    readonly allocation: Allocation;
    readonly parts: readonly { readonly output: string; readonly share: string }[];
  }[];
  readonly working: readonly WorkingLine[];
  readonly shares: {
    readonly primaryData: string | null;
    readonly measuredActivity: string | null;
    readonly makerStatedFactors: string | null;
    readonly standInFactors: string | null;
    readonly estimates: string | null;
    readonly credits: string | null;
    readonly supplierFootprints: string | null;
    readonly spendBased: string | null;
  };
  readonly factorGrades: readonly { readonly grade: FactorGrade; readonly share: string | null }[];
  readonly gwpSets: readonly string[];
  readonly positions: Positions;
  /** As stated in the input, kg per declared unit. */
  readonly carbonContent: {
    readonly fossil: string | null;
    readonly biogenic: string | null;
    readonly recycled: string | null;
  };
  /** By mass, in the reference process; null where it names none. */
  readonly recycling: { readonly secondaryInput: string | null; readonly recoveredWaste: string | null };
  readonly cutOff: {
    readonly share: string | null;
    readonly state: 'not-stated' | 'conformant' | 'warning' | 'non-conformant';
  };
  readonly gaps: readonly Gap[];
  readonly range: { readonly known: false };
};

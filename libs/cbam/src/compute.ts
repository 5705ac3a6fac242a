/** Input and tables in, canonical result out: embedded emissions of an installation and reporting period. */
import { canonicalBytes, contentId, type JsonValue } from '#lib/canonical';
import { add, divide, formatDecimal, multiply, type Rational, sum } from '#lib/quantity';
import { type Bilingual, CATEGORIES } from './category.ts';
import { type Comparison, compareWithDefault, readShipment, type Shipment } from './certificates.ts';
import {
  countedOf,
  type Embedded,
  embeddedEmissions,
  type PrecursorValue,
  type ProcessValue,
  percentOf,
} from './embedded.ts';
import { CbamError } from './errors.ts';
import { trimmed } from './format.ts';
import { readInput } from './input.ts';
import { type MissingField, missingFields } from './installation.ts';
import type { CbamInput, Emission, Good } from './model.ts';
import { spaced } from './scope.ts';
import { list, object, type Period } from './shape.ts';
import type { TableSource, Tables } from './tables.ts';

export const RESULT_FORMAT = 'anchorleaf-cbam-result/v1';
export const ENGINE = 'anchorleaf-cbam/1.0.0';

export const STATEMENT: Bilingual = {
  zh: '供您的欧盟进口商使用；还需要核查报告。',
  en: 'Prepared for your importer; the verification report is needed too.',
};
export const ROUNDING: Bilingual = {
  zh: '内部按精确分数计算；总量取整到吨，单位隐含排放最多 5 位小数，一次性四舍五入（五入时远离零）。法规未规定舍入方法。',
  en: 'Exact fractions inside; totals to full tonnes, specific emissions to at most 5 decimals, rounded once, half away from zero. No act names a method.',
};
export const NOT_A_FOOTPRINT: Bilingual = {
  zh: 'CBAM 隐含排放与产品碳足迹的边界、GWP 和分配规则不同，两者不可相加或替代。',
  en: 'Embedded emissions under CBAM and a product carbon footprint differ in boundary, warming potentials and allocation; neither replaces the other.',
};

/** Decimals of figures in the working, beyond what any of them is rounded to. */
const WORKING = 18;

export interface CbamProduct {
  readonly process: string;
  readonly cn: string;
  readonly category: string;
  readonly name: string;
  readonly invoiceName: string | null;
  /** t in the period. */
  readonly mass: string;
  readonly functionalUnit: string;
  /** tCO2e per tonne of the good. */
  readonly direct: string;
  readonly indirect: string;
  readonly total: string;
  /** What counts for certificates: without the own electricity of goods in Annex II. */
  readonly counted: string;
  readonly countedRule: 'direct-only' | 'direct-and-indirect';
  /** The same per functional unit, where that is not the tonne of the good. */
  readonly perFunctionalUnit: {
    readonly direct: string;
    readonly indirect: string;
    readonly counted: string;
  } | null;
  /** Percent of direct + indirect that rests on default values of precursors; null if there are no emissions. */
  readonly defaultShare: string | null;
  readonly electricity: {
    readonly megawattHoursPerTonne: string | null;
    readonly factor: string | null;
    readonly sources: readonly string[];
  };
  readonly unrounded: { readonly direct: string; readonly indirect: string; readonly counted: string };
  readonly parameters: Readonly<Record<string, string>>;
}

export interface CbamResult {
  readonly format: typeof RESULT_FORMAT;
  readonly engine: typeof ENGINE;
  /** Content id of the input's RFC 8785 bytes. */
  readonly input: string;
  readonly installation: Readonly<Record<string, string | null>>;
  readonly verifier: Readonly<Record<string, string | null>>;
  readonly period: Period;
  /** tCO2e, full tonnes. */
  readonly totals: Readonly<
    Record<'calculation' | 'pfc' | 'measurement' | 'direct' | 'biogenic' | 'indirect' | 'total', string>
  >;
  readonly emissions: readonly Readonly<Record<string, string | null>>[];
  readonly processes: readonly Readonly<Record<string, string | boolean>>[];
  readonly products: readonly CbamProduct[];
  readonly precursors: readonly CbamPrecursor[];
  readonly comparisons: readonly Comparison[];
  readonly tables: readonly TableSource[];
  /** What a reader must know before using a number. */
  readonly marks: readonly Bilingual[];
  readonly missing: readonly MissingField[];
  readonly statement: Bilingual;
  readonly rounding: Bilingual;
  readonly notAFootprint: Bilingual;
}

export interface CbamPrecursor {
  readonly id: string;
  readonly name: string;
  readonly cn: string;
  readonly mill: string | null;
  readonly country: string | null;
  readonly route: string | null;
  readonly producedIn: Period | null;
  readonly mode: string;
  readonly direct: string;
  readonly indirect: string;
  readonly verificationReport: string | null;
  readonly justification: string | null;
  readonly notes: readonly string[];
}

/** @throws {CbamError} */
export function computeCbam(json: JsonValue, tables: Tables): CbamResult {
  const input = readInput(json);
  const shipments = list(object(json, ''), 'shipments', '', 500).map((each, index) =>
    readShipment(each, `/shipments/${index}`),
  );
  const embedded = embeddedEmissions(input, tables);
  return {
    format: RESULT_FORMAT,
    engine: ENGINE,
    input: contentId(canonicalBytes(json)),
    installation: input.installation.fields,
    verifier: input.installation.verifier,
    period: input.period,
    totals: totalsOf(input, embedded),
    emissions: input.emissions.map(emissionRow),
    processes: embedded.processes.map(processRow),
    products: embedded.processes.flatMap((value) =>
      value.process.goods.filter((good) => good.use === 'market').map((good) => productRow(value, good)),
    ),
    precursors: embedded.precursors.map(precursorRow),
    comparisons: shipments.map((shipment) =>
      compareWithDefault(shipment, countedPerTonne(shipment, embedded), tables),
    ),
    tables: usedTables(tables, embedded, shipments),
    marks: marksOf(input, embedded, usedTables(tables, embedded, shipments)),
    missing: missingFields(input.installation),
    statement: STATEMENT,
    rounding: ROUNDING,
    notAFootprint: NOT_A_FOOTPRINT,
  };
}

function totalsOf(input: CbamInput, embedded: Embedded): CbamResult['totals'] {
  const of = (keep: (each: Emission) => boolean) =>
    sum(input.emissions.filter(keep).map((each) => each.fossil));
  const direct = of(() => true);
  const indirect = sum(embedded.processes.map((each) => each.indirect));
  const tonnes = (value: Rational) => formatDecimal(value, 0);
  return {
    calculation: tonnes(of((each) => each.group === 'calculation')),
    pfc: tonnes(of((each) => each.group === 'pfc')),
    measurement: tonnes(of((each) => each.group === 'measurement')),
    direct: tonnes(direct),
    biogenic: tonnes(sum(input.emissions.map((each) => each.biogenic))),
    indirect: tonnes(indirect),
    total: tonnes(add(direct, indirect)),
  };
}

const emissionRow = (each: Emission) => ({
  id: each.id,
  kind: each.kind,
  name: each.name,
  fossil: trimmed(each.fossil, WORKING),
  biogenic: trimmed(each.biogenic, WORKING),
  energy: each.energy === null ? null : trimmed(each.energy, WORKING),
});

const processRow = (value: ProcessValue) => ({
  id: value.process.id,
  name: value.process.name,
  category: value.process.category,
  functionalUnit: value.process.unit,
  activity: trimmed(value.process.activity, WORKING),
  streams: trimmed(value.streams, WORKING),
  heat: trimmed(value.heat, WORKING),
  wasteGas: trimmed(value.wasteGas, WORKING),
  electricityExport: trimmed(value.electricityExport, WORKING),
  attributedBeforeClip: trimmed(value.unclipped, WORKING),
  attributedDirect: trimmed(value.direct, WORKING),
  isClipped: value.isClipped,
  electricity: trimmed(value.electricity, WORKING),
  attributedIndirect: trimmed(value.indirect, WORKING),
});

function productRow(value: ProcessValue, good: Good): CbamProduct {
  const { process, specific } = value;
  const { directOnly } = CATEGORIES[good.category];
  const counted = countedOf(value, directOnly);
  const per = (unit: Rational): Rational => multiply(unit, good.content);
  const see = (unit: Rational): string => trimmed(per(unit), 5);
  const all = add(specific.direct, specific.indirect);
  const share = percentOf(specific.fromDefault, all);
  const { electricity } = specific;
  return {
    process: process.id,
    cn: good.cn,
    category: good.category,
    name: good.name,
    invoiceName: good.invoiceName,
    mass: trimmed(good.mass, 5),
    functionalUnit: process.unit,
    direct: see(specific.direct),
    indirect: see(specific.indirect),
    total: see(all),
    counted: see(counted),
    countedRule: directOnly ? 'direct-only' : 'direct-and-indirect',
    perFunctionalUnit:
      process.unit === 't'
        ? null
        : {
            direct: trimmed(specific.direct, 5),
            indirect: trimmed(specific.indirect, 5),
            counted: trimmed(counted, 5),
          },
    defaultShare: share === null ? null : trimmed(share, 2),
    electricity: {
      megawattHoursPerTonne: electricity === null ? null : see(electricity),
      factor:
        electricity === null || electricity.n === 0n
          ? null
          : trimmed(divide(specific.indirect, electricity), 5),
      sources: [...new Set(process.electricity.map((flow) => `${flow.source}: ${flow.factorSource}`))],
    },
    unrounded: {
      direct: trimmed(per(specific.direct), WORKING),
      indirect: trimmed(per(specific.indirect), WORKING),
      counted: trimmed(per(counted), WORKING),
    },
    parameters: good.parameters,
  };
}

const precursorRow = ({ precursor, specific, notes }: PrecursorValue): CbamPrecursor => ({
  id: precursor.id,
  name: precursor.name,
  cn: precursor.cn,
  mill: precursor.mill.name,
  country: precursor.country,
  route: precursor.route,
  producedIn: precursor.producedIn,
  mode: precursor.mode,
  direct: trimmed(specific.direct, 5),
  indirect: trimmed(specific.indirect, 5),
  verificationReport:
    precursor.report === null ? null : `${precursor.report.number} (${precursor.report.verifier})`,
  justification: precursor.justification,
  notes,
});

/** The producer's value for a shipment's code; null if this installation does not make it. */
function countedPerTonne(shipment: Shipment, embedded: Embedded): Rational | null {
  const found = embedded.processes.flatMap((value) =>
    value.process.goods
      .filter((good) => good.use === 'market' && good.cn === shipment.cn)
      .map((good) => multiply(countedOf(value, CATEGORIES[good.category].directOnly), good.content)),
  );
  if (found.length <= 1) return found[0] ?? null;
  throw new CbamError(
    'cbam/several-routes',
    `${shipment.place}/cn`,
    `${spaced(shipment.cn)} comes out of ${found.length} processes or qualities with values of their own`,
    'estimate each in an input of its own',
  );
}

function usedTables(
  tables: Tables,
  embedded: Embedded,
  shipments: readonly Shipment[],
): readonly TableSource[] {
  const loaded = Object.values(tables).flatMap((table) => (table === null ? [] : [table.source]));
  if (shipments.length > 0) return loaded;
  const defaults = embedded.precursors.some(({ precursor }) => precursor.mode === 'default');
  return loaded.filter(({ table }) => defaults && (table === 'default-values' || table === 'mark-ups'));
}

function marksOf(input: CbamInput, embedded: Embedded, used: readonly TableSource[]): readonly Bilingual[] {
  const marks: Bilingual[] = input.emissions
    .filter((each) => each.estimated !== null)
    .map(({ name, estimated }) => ({
      zh: `“${name}”的活动数据为估算：${estimated}`,
      en: `The activity data of ${name} are estimated: ${estimated}`,
    }));
  for (const { precursor } of embedded.precursors.filter(
    (each) => each.precursor.mode === 'actual-unverified',
  )) {
    marks.push({
      zh: `前体“${precursor.name}”的实际值没有核查报告：仅供预览，不能用于申报。`,
      en: `The actual values of precursor ${precursor.name} have no verification report: a preview, not for a declaration.`,
    });
  }
  for (const { process } of embedded.processes.filter((each) => each.isClipped)) {
    marks.push({
      zh: `工序“${process.name}”的归属直接排放为负，按规则记为零。`,
      en: `Attributed direct emissions of ${process.name} came out negative and count as zero.`,
    });
  }
  for (const { title, version, supersededBy } of used) {
    if (supersededBy === null) continue;
    marks.push({
      zh: `“${title}”（${version}）已于 ${supersededBy.date} 被“${supersededBy.title}”取代，应要求使用。`,
      en: `${title} (${version}) was replaced on ${supersededBy.date} by ${supersededBy.title}; used on request.`,
    });
  }
  return marks;
}

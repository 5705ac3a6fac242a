/** `anchorleaf-cbam-input/v1`: one installation, one reporting period. docs/formats/cbam.md describes it. */
import { add, compare, multiply, ONE, type Rational, rational, sum, ZERO } from '#lib/quantity';
import type { Category } from './annex1.ts';
import { CATEGORIES, type FunctionalUnit, isCategory } from './category.ts';
import {
  combustion,
  GWP,
  massBalance,
  measuredMass,
  pfcSlope,
  processEmissions,
  type StreamEmissions,
} from './emissions.ts';
import { CbamError } from './errors.ts';
import { type Installation, readInstallation } from './installation.ts';
import { categoryOf, isInScope, parseCn, spaced } from './scope.ts';
import {
  amount,
  type Basis,
  country,
  decimal,
  type Fields,
  factor,
  list,
  malformed,
  megawattHours,
  notNegative,
  object,
  oneOf,
  optionalText,
  type Period,
  percent,
  period,
  text,
  unitMismatch,
} from './shape.ts';

export const INPUT_FORMAT = 'anchorleaf-cbam-input/v1';

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

/** @throws {CbamError} */
export function readInput(json: unknown): CbamInput {
  const fields = object(json, '');
  if (fields.format !== INPUT_FORMAT) throw malformed('/format', INPUT_FORMAT, fields.format);
  const processes = list(fields, 'processes', '', 200).map((each, index) =>
    readProcess(each, `/processes/${index}`),
  );
  const precursors = list(fields, 'precursors', '').map((each, index) =>
    readPrecursor(each, `/precursors/${index}`),
  );
  const emissions = [
    ...list(fields, 'sourceStreams', '').map((each, index) => readStream(each, `/sourceStreams/${index}`)),
    ...list(fields, 'pfc', '').map((each, index) => readPfc(each, `/pfc/${index}`)),
    ...list(fields, 'measured', '').map((each, index) => readMeasured(each, `/measured/${index}`)),
  ];
  for (const all of [processes, precursors, emissions]) unique(all);
  if (processes.length === 0) throw malformed('/processes', 'a list with at least one process', []);
  checkReferences(processes, precursors, emissions);
  checkBalances(processes, precursors);
  return {
    installation: readInstallation(fields.installation, '/installation'),
    period: period(fields.period, '/period'),
    emissions,
    processes,
    precursors,
  };
}

function unique(all: readonly { readonly id: string; readonly place: string }[]): void {
  const seen = new Set<string>();
  for (const { id, place } of all) {
    if (seen.has(id)) {
      throw new CbamError(
        'cbam/duplicate-id',
        `${place}/id`,
        `${JSON.stringify(id)} stands there twice`,
        'give each its own id',
      );
    }
    seen.add(id);
  }
}

const unknownId = (place: string, id: string, what: string): CbamError =>
  new CbamError(
    'cbam/unknown-id',
    place,
    `no ${what} has the id ${JSON.stringify(id)}`,
    `name a ${what} of this input`,
  );

function checkReferences(
  processes: readonly Process[],
  precursors: readonly Precursor[],
  emissions: readonly Emission[],
): void {
  const processIds = new Set(processes.map(({ id }) => id));
  const precursorIds = new Set(precursors.map(({ id }) => id));
  for (const { place, attribution } of emissions) {
    for (const [index, { process }] of attribution.entries())
      if (process !== null && !processIds.has(process))
        throw unknownId(`${place}/attribution/${index}/process`, process, 'process');
  }
  for (const process of processes) {
    for (const use of process.purchased)
      if (!precursorIds.has(use.id)) throw unknownId(use.place, use.id, 'purchased precursor');
    for (const use of process.internal)
      if (!processIds.has(use.id)) throw unknownId(use.place, use.id, 'process');
  }
}

/** No process or mill gives more than it has. */
function checkBalances(processes: readonly Process[], precursors: readonly Precursor[]): void {
  const usedOf = (key: 'purchased' | 'internal') => {
    const used = new Map<string, Rational>();
    for (const process of processes)
      for (const use of process[key]) used.set(use.id, add(used.get(use.id) ?? ZERO, use.amount));
    return used;
  };
  const [bought, inside] = [usedOf('purchased'), usedOf('internal')];
  const check = (have: Rational, used: Rational, place: string, what: string): void => {
    if (compare(used, have) <= 0) return;
    throw new CbamError(
      'cbam/precursor-overdrawn',
      place,
      `more of it is used than was ${what}`,
      'check the amounts, opening and closing stock',
    );
  };
  for (const each of precursors) check(each.purchased, bought.get(each.id) ?? ZERO, each.place, 'purchased');
  for (const each of processes) check(each.mass, inside.get(each.id) ?? ZERO, each.place, 'made');
}

function readAttribution(fields: Fields, place: string): Emission['attribution'] {
  const rows = list(fields, 'attribution', place, 200).map((each, index) => {
    const row = object(each, `${place}/attribution/${index}`);
    return {
      process: row.process === null ? null : text(row, 'process', `${place}/attribution/${index}`),
      share: percent(row.share, `${place}/attribution/${index}/share`),
    };
  });
  if (compare(sum(rows.map(({ share }) => share)), ONE) !== 0) {
    throw new CbamError(
      'cbam/attribution-incomplete',
      `${place}/attribution`,
      'the shares do not sum to 100 percent',
      'attribute the rest to a process, or to null for what is no CBAM good',
    );
  }
  return rows;
}

const share = (fields: Fields, key: string, place: string, otherwise: Rational): Rational =>
  fields[key] === undefined ? otherwise : percent(fields[key], `${place}/${key}`);

function readStream(value: unknown, place: string): Emission {
  const fields = object(value, place);
  const kind = oneOf(fields, 'kind', place, ['combustion', 'process', 'mass-balance']);
  const biogenicShare = share(fields, 'biogenicShare', place, ZERO);
  return {
    id: text(fields, 'id', place),
    place,
    group: 'calculation',
    kind,
    name: text(fields, 'name', place),
    ...streamEmissions(fields, kind, biogenicShare, place),
    estimated: optionalText(fields, 'estimated', place),
    attribution: readAttribution(fields, place),
  };
}

function streamEmissions(
  fields: Fields,
  kind: string,
  biogenicShare: Rational,
  place: string,
): StreamEmissions {
  const bases: readonly Basis[] =
    kind === 'mass-balance' ? ['mass', 'normal-volume'] : ['mass', 'normal-volume', 'energy'];
  const data = amount(fields.amount, `${place}/amount`, bases);
  const per = data.basis === 'normal-volume' ? 'kNm3' : 't';
  if (kind === 'mass-balance') {
    const carbon = factor(fields.carbonContent, `${place}/carbonContent`, [`tC/${per}`]);
    return massBalance(data.value, carbon.value, biogenicShare);
  }
  const value = notNegative(data.value, `${place}/amount/value`);
  const emissionFactor = factor(fields.factor, `${place}/factor`, ['tCO2/TJ', `tCO2/${per}`]);
  const perEnergy = emissionFactor.unit === 'tCO2/TJ';
  if (!perEnergy && data.basis === 'energy')
    throw unitMismatch(`${place}/factor/unit`, emissionFactor.unit, 'tCO2/TJ, as the amount is energy');
  if (kind === 'process') {
    if (perEnergy) throw unitMismatch(`${place}/factor/unit`, 'tCO2/TJ', `tCO2/${per} for process emissions`);
    return processEmissions(
      value,
      emissionFactor.value,
      share(fields, 'conversion', place, ONE),
      biogenicShare,
    );
  }
  const ncv =
    fields.ncv === undefined || data.basis === 'energy'
      ? null
      : factor(fields.ncv, `${place}/ncv`, [`GJ/${per}`]).value;
  if (perEnergy && ncv === null && data.basis !== 'energy') {
    throw new CbamError(
      'cbam/missing-data',
      `${place}/ncv`,
      'a factor per TJ needs the net calorific value',
      `give ncv in GJ/${per}`,
    );
  }
  return combustion({
    amount: value,
    ncv,
    factor: emissionFactor.value,
    perEnergy,
    oxidation: share(fields, 'oxidation', place, ONE),
    biogenicShare,
  });
}

function readPfc(value: unknown, place: string): Emission {
  const fields = object(value, place);
  const read = (key: string) => notNegative(decimal(fields[key], `${place}/${key}`), `${place}/${key}`);
  const efficiency = percent(fields.collectionEfficiency, `${place}/collectionEfficiency`);
  if (efficiency.n === 0n) throw malformed(`${place}/collectionEfficiency`, 'a percentage above zero', '0');
  const result = pfcSlope({
    aluminium: amount(fields.aluminium, `${place}/aluminium`, ['mass']).value,
    anodeEffectsPerCellDay: read('anodeEffectsPerCellDay'),
    minutesPerAnodeEffect: read('minutesPerAnodeEffect'),
    slope: factor(fields.slope, `${place}/slope`, ['kgCF4/(t·min)']).value,
    c2f6PerCf4: read('c2f6PerCf4'),
    collectionEfficiency: efficiency,
  });
  return {
    id: text(fields, 'id', place),
    place,
    group: 'pfc',
    kind: 'slope',
    name: text(fields, 'name', place),
    fossil: result.total,
    biogenic: ZERO,
    energy: null,
    estimated: optionalText(fields, 'estimated', place),
    attribution: readAttribution(fields, place),
  };
}

function readMeasured(value: unknown, place: string): Emission {
  const fields = object(value, place);
  const gas = oneOf(fields, 'gas', place, ['CO2', 'N2O']);
  const flow = factor(fields.flow, `${place}/flow`, ['kNm3/h', 'Nm3/h']);
  const biogenicShare = share(fields, 'biogenicShare', place, ZERO);
  if (gas === 'N2O' && biogenicShare.n !== 0n)
    throw malformed(
      `${place}/biogenicShare`,
      'no share at all: nitrous oxide always counts',
      fields.biogenicShare,
    );
  const mass = measuredMass(
    factor(fields.concentration, `${place}/concentration`, ['g/Nm3']).value,
    flow.unit === 'Nm3/h' ? multiply(flow.value, rational(1n, 1_000n)) : flow.value,
    notNegative(decimal(fields.hours, `${place}/hours`), `${place}/hours`),
  );
  const co2e = gas === 'N2O' ? multiply(mass, GWP.N2O) : mass;
  return {
    id: text(fields, 'id', place),
    place,
    group: 'measurement',
    kind: gas,
    name: text(fields, 'name', place),
    fossil: multiply(co2e, sum([ONE, multiply(biogenicShare, rational(-1n))])),
    biogenic: multiply(co2e, biogenicShare),
    energy: null,
    estimated: optionalText(fields, 'estimated', place),
    attribution: readAttribution(fields, place),
  };
}

/** A code of Annex I with at least eight digits, and its category. */
export function goodInScope(value: unknown, place: string): { cn: string; category: Category } {
  const cn = parseCn(value, place);
  const scope = isInScope(cn);
  if (scope.state === 'out') {
    throw new CbamError(
      'cbam/out-of-scope',
      place,
      scope.reason.en.replace(/\.$/, ''),
      'leave it out: CBAM asks nothing of it',
    );
  }
  const category = categoryOf(cn);
  if (cn.length < 8 || category === null) {
    throw new CbamError(
      'cbam/needs-more-digits',
      place,
      `${spaced(cn)} is no code of Annex I with 8 digits`,
      'take the 8-digit code from the customs declaration',
    );
  }
  if (category === 'electricity') {
    throw new CbamError(
      'cbam/electricity-has-own-rules',
      place,
      'imported electricity follows Annex IV, points 5 and 6, which this program does not calculate',
      'leave it out',
    );
  }
  return { cn, category };
}

const category = (value: unknown, place: string): Category => {
  if (typeof value === 'string' && isCategory(value)) return value;
  throw malformed(place, `one of ${Object.keys(CATEGORIES).join(', ')}`, value);
};

function readGood(value: unknown, place: string, allowed: readonly Category[]): Good {
  const fields = object(value, place);
  const { cn, category: own } = goodInScope(fields.cn, `${place}/cn`);
  if (!allowed.includes(own)) {
    throw new CbamError(
      'cbam/category-mismatch',
      `${place}/cn`,
      `${spaced(cn)} belongs to ${CATEGORIES[own].name.en}, which this process does not make`,
      'move it to its process, or name the category in joint',
    );
  }
  const unit = CATEGORIES[own].functionalUnit;
  const key = unit === 't clinker' ? 'clinkerShare' : 'nitrogenShare';
  if (unit !== 't' && fields[key] === undefined) {
    throw new CbamError(
      'cbam/content-missing',
      `${place}/${key}`,
      `emissions of ${CATEGORIES[own].name.en} are per ${unit}, and the share of it in the good is not given`,
      'give it in percent of the mass',
    );
  }
  const content = unit === 't' ? ONE : percent(fields[key], `${place}/${key}`);
  if (content.n === 0n) throw malformed(`${place}/${key}`, 'a percentage above zero', '0');
  const parameters = fields.parameters === undefined ? {} : object(fields.parameters, `${place}/parameters`);
  return {
    cn,
    category: own,
    name: text(fields, 'name', place),
    invoiceName: optionalText(fields, 'invoiceName', place),
    use:
      fields.use === undefined ? 'market' : oneOf(fields, 'use', place, ['market', 'internal', 'non-cbam']),
    mass: notNegative(amount(fields.mass, `${place}/mass`, ['mass']).value, `${place}/mass`),
    content,
    parameters: Object.fromEntries(
      Object.keys(parameters).map((name) => [name, text(parameters, name, `${place}/parameters`)]),
    ),
  };
}

function readFlows(fields: Fields, key: string, place: string, unit: string): readonly Flow[] {
  return list(fields, key, place).map((each, index) => {
    const here = `${place}/${key}/${index}`;
    const flow = object(each, here);
    const read =
      unit === 'tCO2/MWh'
        ? megawattHours(flow.amount, `${here}/amount`)
        : terajoules(flow.amount, `${here}/amount`);
    return { amount: read, factor: factor(flow.factor, `${here}/factor`, [unit]).value };
  });
}

const terajoules = (value: unknown, place: string): Rational =>
  notNegative(amount(value, place, ['energy']).value, `${place}/value`);

function readElectricity(fields: Fields, place: string): readonly Electricity[] {
  const flows = readFlows(fields, 'electricity', place, 'tCO2/MWh');
  return flows.map((flow, index) => {
    const here = `${place}/electricity/${index}`;
    const row = object(list(fields, 'electricity', place)[index], here);
    if (row.source === 'green-certificate' || row.source === 'guarantee-of-origin') {
      throw new CbamError(
        'cbam/guarantee-not-accepted',
        `${here}/source`,
        'guarantees of origin and green certificates are not accepted for indirect emissions (Annex IV, point 6)',
        'use default, direct-technical-link or power-purchase-agreement',
      );
    }
    return {
      ...flow,
      source: oneOf(row, 'source', here, ELECTRICITY_SOURCES),
      factorSource: text(row, 'factorSource', here),
    };
  });
}

function readUses(fields: Fields, key: string, member: string, place: string): readonly Use[] {
  return list(fields, key, place).map((each, index) => {
    const here = `${place}/${key}/${index}`;
    const use = object(each, here);
    return {
      id: text(use, member, here),
      amount: notNegative(amount(use.amount, `${here}/amount`, ['mass']).value, `${here}/amount/value`),
      place: `${here}/${member}`,
    };
  });
}

function readProcess(value: unknown, place: string): Process {
  const fields = object(value, place);
  const own = category(fields.category, `${place}/category`);
  const joint = list(fields, 'joint', place).map((each, index) => category(each, `${place}/joint/${index}`));
  const goods = list(fields, 'goods', place).map((each, index) =>
    readGood(each, `${place}/goods/${index}`, [own, ...joint]),
  );
  const unit = CATEGORIES[own].functionalUnit;
  const odd = goods.findIndex((good) => CATEGORIES[good.category].functionalUnit !== unit);
  if (odd >= 0) {
    throw new CbamError(
      'cbam/category-mismatch',
      `${place}/goods/${odd}/cn`,
      `its emissions are not per ${unit} as those of the process`,
      'make it a process of its own',
    );
  }
  const activity = sum(goods.map((good) => multiply(good.mass, good.content)));
  if (activity.n === 0n) {
    throw new CbamError(
      'cbam/zero-activity',
      `${place}/goods`,
      'the process made nothing in the period, so there is nothing to divide by',
      'give the goods it made, also those used inside, or leave the process out',
    );
  }
  const gas = fields.wasteGas === undefined ? {} : object(fields.wasteGas, `${place}/wasteGas`);
  const wasteGas = (key: string) =>
    gas[key] === undefined ? ZERO : terajoules(gas[key], `${place}/wasteGas/${key}`);
  return {
    id: text(fields, 'id', place),
    place,
    name: text(fields, 'name', place),
    category: own,
    joint,
    routes: list(fields, 'routes', place, 6).map((each, index) =>
      text({ each }, 'each', `${place}/routes/${index}`),
    ),
    goods,
    unit,
    mass: sum(goods.map((good) => good.mass)),
    activity,
    heatImported: readFlows(fields, 'heatImported', place, 'tCO2/TJ'),
    heatExported: readFlows(fields, 'heatExported', place, 'tCO2/TJ'),
    wasteGasImported: wasteGas('imported'),
    wasteGasExported: wasteGas('exported'),
    electricity: readElectricity(fields, place),
    electricityExported: readFlows(fields, 'electricityExported', place, 'tCO2/MWh'),
    purchased: readUses(fields, 'purchased', 'precursor', place),
    internal: readUses(fields, 'internal', 'process', place),
  };
}

function readPrecursor(value: unknown, place: string): Precursor {
  const fields = object(value, place);
  const { cn, category: own } = goodInScope(fields.cn, `${place}/cn`);
  const mode = oneOf(fields, 'mode', place, ['actual', 'actual-unverified', 'default', 'exempt']);
  const isActual = mode === 'actual' || mode === 'actual-unverified';
  const see = (key: string, otherwise: Rational | null): Rational => {
    if (!isActual) return ZERO;
    if (fields[key] === undefined && otherwise !== null) return otherwise;
    return factor(fields[key], `${place}/${key}`, ['tCO2e/t']).value;
  };
  const indirect = see('indirect', null);
  const indirectCounted = see('indirectCounted', CATEGORIES[own].directOnly ? ZERO : indirect);
  if (compare(indirectCounted, indirect) > 0)
    throw malformed(`${place}/indirectCounted`, 'a part of indirect, not more', fields.indirectCounted);
  const mill = fields.mill === undefined ? {} : object(fields.mill, `${place}/mill`);
  if (mode === 'default' && typeof fields.withMarkUp !== 'boolean') {
    throw malformed(
      `${place}/withMarkUp`,
      'true or false: whether the mark-up is put on this default',
      fields.withMarkUp,
    );
  }
  return {
    id: text(fields, 'id', place),
    place,
    name: text(fields, 'name', place),
    cn,
    category: own,
    mill: {
      name: optionalText(mill, 'name', `${place}/mill`),
      installation: optionalText(mill, 'installation', `${place}/mill`),
    },
    country: (fields.country ?? null) === null ? null : country(fields.country, `${place}/country`),
    route: optionalText(fields, 'route', place),
    producedIn:
      (fields.producedIn ?? null) === null ? null : period(fields.producedIn, `${place}/producedIn`),
    purchased: notNegative(
      amount(fields.purchased, `${place}/purchased`, ['mass']).value,
      `${place}/purchased`,
    ),
    mode,
    direct: see('direct', null),
    indirect,
    indirectCounted,
    electricity:
      fields.electricity === undefined
        ? null
        : factor(fields.electricity, `${place}/electricity`, ['MWh/t']).value,
    report: readReport(fields, mode, place),
    withMarkUp: fields.withMarkUp === true,
    justification: optionalText(fields, 'justification', place),
  };
}

/** Actual values count only with the report of an accredited verifier that covers when the precursor was made. */
function readReport(fields: Fields, mode: Precursor['mode'], place: string): VerificationReport | null {
  if ((fields.verificationReport ?? null) === null) {
    if (mode !== 'actual') return null;
    throw new CbamError(
      'cbam/precursor-report-missing',
      `${place}/verificationReport`,
      'actual values of a precursor need the verification report for the period it was made in',
      'give the report, use the default value, or say actual-unverified for a preview',
    );
  }
  const here = `${place}/verificationReport`;
  const row = object(fields.verificationReport, here);
  const report = {
    number: text(row, 'number', here),
    verifier: text(row, 'verifier', here),
    accreditation: text(row, 'accreditation', here),
    period: period(row.period, `${here}/period`),
  };
  const produced = period(fields.producedIn, `${place}/producedIn`);
  if (produced.start < report.period.start || produced.end > report.period.end) {
    throw new CbamError(
      'cbam/precursor-report-missing',
      `${here}/period`,
      `the report covers ${report.period.start} to ${report.period.end}, the precursor was made in ${produced.start} to ${produced.end}`,
      'ask the mill for the report of that period',
    );
  }
  return report;
}

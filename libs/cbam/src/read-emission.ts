/** Source streams, PFC sources and measured sources of an input, with their emissions. */
import { compare, multiply, ONE, type Rational, rational, sum, ZERO } from '#lib/quantity';
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
import { type Emission } from './model.ts';
import {
  amount,
  type Basis,
  decimal,
  type Fields,
  factor,
  list,
  malformed,
  notNegative,
  object,
  oneOf,
  optionalText,
  percent,
  text,
  unitMismatch,
} from './shape.ts';

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

export function readStream(value: unknown, place: string): Emission {
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

export function readPfc(value: unknown, place: string): Emission {
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

export function readMeasured(value: unknown, place: string): Emission {
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

/** Production processes of an input. */
import { multiply, type Rational, sum, ZERO } from '#lib/quantity';
import { CATEGORIES } from './category.ts';
import { CbamError } from './errors.ts';
import { ELECTRICITY_SOURCES, type Electricity, type Flow, type Process, type Use } from './model.ts';
import { category, readGood } from './read-good.ts';
import {
  amount,
  type Fields,
  factor,
  list,
  megawattHours,
  notNegative,
  object,
  oneOf,
  text,
} from './shape.ts';

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

export function readProcess(value: unknown, place: string): Process {
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

/** Purchased precursors of an input. */
import { compare, type Rational, ZERO } from '#lib/quantity';
import { CATEGORIES } from './category.ts';
import { CbamError } from './errors.ts';
import { type Precursor, type VerificationReport } from './model.ts';
import { goodInScope } from './read-good.ts';
import {
  amount,
  country,
  type Fields,
  factor,
  malformed,
  notNegative,
  object,
  oneOf,
  optionalText,
  period,
  text,
} from './shape.ts';

export function readPrecursor(value: unknown, place: string): Precursor {
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

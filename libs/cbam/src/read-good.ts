/** Goods of Annex I in an input. */
import { ONE } from '#lib/quantity';
import { type Category } from './annex1.ts';
import { CATEGORIES, isCategory } from './category.ts';
import { CbamError } from './errors.ts';
import { type Good } from './model.ts';
import { categoryOf, isInScope, parseCn, spaced } from './scope.ts';
import { amount, malformed, notNegative, object, oneOf, optionalText, percent, text } from './shape.ts';

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

export const category = (value: unknown, place: string): Category => {
  if (typeof value === 'string' && isCategory(value)) return value;
  throw malformed(place, `one of ${Object.keys(CATEGORIES).join(', ')}`, value);
};

export function readGood(value: unknown, place: string, allowed: readonly Category[]): Good {
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

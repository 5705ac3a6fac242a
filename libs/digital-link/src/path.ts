// The paths of printed codes. GS1 Digital Link URI Syntax for products with a GTIN:
//   /01/{gtin14}[/22/{variant}][/10/{lot}][/21/{serial}]
// and our own scheme, of the same shape, for products without:
//   /id/{organisation}/{product}[/10/{lot}[/21/{serial}]]
// docs/formats/code.md. A code is printed before its batch exists and never moves, so this grammar only ever grows.
import { DigitalLinkError, shown } from './errors.ts';
import { checkGtin, type Gtin14 } from './gtin.ts';
import { checkValue, decodeSegment, encodeSegment } from './value.ts';

export type GtinCode = {
  readonly kind: 'gtin';
  readonly gtin: Gtin14;
  /** Consumer product variant, AI 22. */
  readonly cpv?: string;
  readonly lot?: string;
  readonly serial?: string;
};
/** An item of our own scheme always names its lot. */
export type OwnCode = {
  readonly kind: 'own';
  /** The organisation's id: 2 to 32 of a to z, 0 to 9 and hyphen. */
  readonly org: string;
  /** The organisation's own product number: 1 to 30 characters of set 82. */
  readonly product: string;
  readonly lot?: string;
  readonly serial?: string;
};
export type Code = GtinCode | OwnCode;

const ORGANISATION = /^[a-z0-9-]{2,32}$/;
const PRODUCT_LENGTH = 30;
const QUALIFIERS = [
  { ai: '22', name: 'cpv', what: 'variant' },
  { ai: '10', name: 'lot', what: 'lot' },
  { ai: '21', name: 'serial', what: 'serial number' },
] as const;

/** The code, if each part of it is as its kind allows. @throws DigitalLinkError */
export function checkCode(code: Code): Code {
  if (code.kind === 'gtin') {
    if (checkGtin(code.gtin) !== code.gtin)
      throw new DigitalLinkError(
        'digital-link/malformed-gtin',
        `${shown(code.gtin)} must be written with 14 digits`,
      );
  } else {
    if (!ORGANISATION.test(code.org))
      throw new DigitalLinkError(
        'digital-link/malformed-organisation',
        `organisation ${shown(code.org)} must have 2 to 32 of a to z, 0 to 9 and hyphen`,
      );
    checkValue(code.product, 'product number', PRODUCT_LENGTH);
    if (code.serial !== undefined && code.lot === undefined)
      throw new DigitalLinkError(
        'digital-link/malformed-path',
        'an item of the own scheme needs its lot before the serial number',
      );
  }
  for (const { name, what } of QUALIFIERS) {
    const value = (code as GtinCode)[name];
    if (value !== undefined) checkValue(value, what);
  }
  return code;
}

/** The one path of a code. @throws DigitalLinkError as `checkCode` */
export function formatPath(code: Code): string {
  checkCode(code);
  const key = code.kind === 'gtin' ? `/01/${code.gtin}` : `/id/${code.org}/${encodeSegment(code.product)}`;
  return QUALIFIERS.reduce((path, { ai, name }) => {
    const value = (code as GtinCode)[name];
    return value === undefined ? path : `${path}/${ai}/${encodeSegment(value)}`;
  }, key);
}

/**
 * The code that a path names: a path alone, percent-encoded as it came, without host, query or fragment. One slash at
 * the end is passed over. `formatPath` of the result is the path that we print.
 * @throws DigitalLinkError
 */
export function parsePath(path: string): Code {
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new DigitalLinkError(
      'digital-link/malformed-path',
      `${shown(path)} is not a path that starts with /`,
    );
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  if (segments.length === 0 || segments.includes(''))
    throw new DigitalLinkError('digital-link/malformed-path', `${shown(path)} has an empty part`);
  const [key = '', ...rest] = segments;
  if (key === '01') {
    const [gtin = '', ...qualifiers] = rest;
    if (!/^\d{14}$/.test(gtin))
      throw new DigitalLinkError(
        'digital-link/malformed-gtin',
        `${shown(gtin)} is not a GTIN of 14 digits; put zeros before a shorter one`,
      );
    return checkCode({ kind: 'gtin', gtin: gtin as Gtin14, ...parseQualifiers(qualifiers, QUALIFIERS) });
  }
  if (key === 'id') {
    const [org = '', product = '', ...qualifiers] = rest;
    const own = { kind: 'own', org, product: decodeSegment(product) } as const;
    return checkCode({ ...own, ...parseQualifiers(qualifiers, QUALIFIERS.slice(1)) });
  }
  throw new DigitalLinkError(
    'digital-link/unsupported-key',
    `${shown(key)} is neither 01 (GTIN) nor id (own identifier)`,
  );
}

type Qualifiers = Pick<GtinCode, 'cpv' | 'lot' | 'serial'>;

/** Pairs of identifier and value, each at most once and in the order of the scheme. */
function parseQualifiers(
  segments: readonly string[],
  allowed: readonly (typeof QUALIFIERS)[number][],
): Qualifiers {
  const found: { -readonly [K in keyof Qualifiers]: Qualifiers[K] } = {};
  let next = 0;
  for (let at = 0; at < segments.length; at += 2) {
    const [ai = '', value] = segments.slice(at, at + 2);
    const place = allowed.findIndex((qualifier) => qualifier.ai === ai);
    const qualifier = allowed[place];
    const known = allowed.map((qualifier) => qualifier.ai).join(', ');
    if (!qualifier)
      throw new DigitalLinkError(
        'digital-link/unsupported-key',
        `${shown(ai)} cannot stand here, only ${known} (numbers, not names)`,
      );
    if (place < next)
      throw new DigitalLinkError(
        'digital-link/wrong-order',
        `${ai} stands twice or too late: the order is ${known}`,
      );
    if (value === undefined)
      throw new DigitalLinkError('digital-link/malformed-path', `no value behind ${ai}`);
    found[qualifier.name] = decodeSegment(value);
    next = place + 1;
  }
  return found;
}

/** The product's permanent id: a GS1 id for a GTIN, else the path below the installation's public URL. */
export function productUri(code: Code, publicUrl: string): string {
  const product: Code =
    code.kind === 'gtin'
      ? { kind: 'gtin', gtin: code.gtin }
      : { kind: 'own', org: code.org, product: code.product };
  return `${code.kind === 'gtin' ? 'https://id.gs1.org' : publicUrl.replace(/\/$/, '')}${formatPath(product)}`;
}

/**
 * The code for the eye, under the symbol. With a GTIN the GS1 element string `(01)…(22)…(10)…(21)…`. An own identifier
 * is no GS1 key, so it gets words and not the brackets of one.
 */
export function elementString(code: Code): string {
  checkCode(code);
  if (code.kind === 'own') {
    const lot = code.lot === undefined ? '' : ` LOT ${code.lot}`;
    return `ID ${code.org}/${code.product}${lot}${code.serial === undefined ? '' : ` SN ${code.serial}`}`;
  }
  return QUALIFIERS.reduce(
    (text, { ai, name }) => (code[name] === undefined ? text : `${text}(${ai})${code[name]}`),
    `(01)${code.gtin}`,
  );
}

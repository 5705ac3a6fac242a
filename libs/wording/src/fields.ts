// The key facts of a passport as the page prints them. The server prints them from its store and the checker again from
// the checked bytes, by this one function; so any difference between the two is a difference of facts.
import { displayDay, displayNumber } from './display.ts';
import type { MessageKey } from './en.ts';
import { isMessageKey, type Language, nameIn, say } from './text.ts';

export const FIELD_NAMES = [
  'number',
  'unit',
  'boundary',
  'maker',
  'product',
  'code',
  'dates',
  'opinion',
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

type Names = { readonly zh?: string; readonly en?: string };

/** What the fields are made of. Times RFC 3339 in UTC, periods half-open, numbers decimal strings. */
export type FieldFacts = {
  readonly maker: Names;
  /** Place of the factory, `CN-ZJ`. */
  readonly place: string;
  readonly product: Names;
  readonly lot: string;
  /** Path of the code, `/01/…` or `/id/…`, with the serial if one was scanned. */
  readonly code: string;
  readonly number: string;
  /** `1 piece`: what the number is per. */
  readonly per: string;
  readonly boundary: string;
  readonly coverage: string;
  readonly method: string;
  readonly period: { readonly start: string; readonly end: string };
  readonly producedFrom: string;
  readonly producedUntil: string;
  readonly issuedAt: string;
  readonly validUntil: string;
  readonly opinion: null | {
    readonly body: Names;
    readonly level: string;
    readonly engagement: string;
    readonly opinion: string;
    readonly standard: string;
    readonly reportNumber: string;
    readonly limitations: string;
    readonly accreditation: null | { readonly body: string; readonly number: string };
  };
};

/** The text of every `data-field` of the page; plain text, to be escaped by whoever puts it into markup. */
export function pageFields(facts: FieldFacts, language: Language): Readonly<Record<FieldName, string>> {
  return {
    number: displayNumber(facts.number),
    unit: say(language, 'page/unit', { per: perText(facts.per, language) }),
    boundary: say(language, 'page/boundary', {
      boundary: term('boundary', facts.boundary, language),
      coverage: term('coverage', facts.coverage, language),
      method: facts.method,
    }),
    maker: say(language, 'page/maker', { name: nameIn(language, facts.maker), place: facts.place }),
    product: say(language, 'page/product', { name: nameIn(language, facts.product), lot: facts.lot }),
    code: facts.code,
    dates: say(language, 'page/dates', {
      from: displayDay(facts.producedFrom),
      until: displayDay(facts.producedUntil, 'end'),
      start: displayDay(facts.period.start),
      end: displayDay(facts.period.end, 'end'),
      issued: displayDay(facts.issuedAt),
      validUntil: displayDay(facts.validUntil, 'end'),
    }),
    opinion: opinionText(facts.opinion, language),
  };
}

function opinionText(opinion: FieldFacts['opinion'], language: Language): string {
  if (!opinion) return say(language, 'page/opinion/none');
  const parts = [
    say(language, 'page/opinion', {
      body: nameIn(language, opinion.body),
      level: term('level', opinion.level, language),
      engagement: term('engagement', opinion.engagement, language),
      opinion: term('opinion', opinion.opinion, language),
      standard: opinion.standard,
      report: opinion.reportNumber,
    }),
  ];
  if (opinion.opinion === 'qualified')
    parts.push(say(language, 'page/opinion/qualified', { limitations: opinion.limitations }));
  // "accredited" is never said without by whom and under which number
  if (opinion.accreditation) parts.push(say(language, 'page/opinion/accreditation', opinion.accreditation));
  return parts.join(' ');
}

/** A term of a closed list in the reader's language; a word that is not on the list stands as it is. */
function term(list: string, word: string, language: Language): string {
  const key = `${list}/${word}`;
  return isMessageKey(key) ? say(language, key as MessageKey) : word;
}

/** `1 piece` → `piece`; other amounts keep their number. */
function perText(per: string, language: Language): string {
  const [, amount, unit] = /^(\S+) (piece|pieces)$/.exec(per) ?? [];
  if (unit === undefined) return per;
  const piece = say(language, 'page/piece');
  return amount === '1' ? piece : `${amount} ${piece}`;
}

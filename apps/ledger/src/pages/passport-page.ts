// The passport as a page, out of the stored texts: maker, product, one number and what was said about it first; the
// working below. Nothing on it is a verdict: that is the checker's, and until it ran the page says "not checked".
import type { JsonObject, JsonValue } from '#lib/canonical';
import { checkDocumentForm, type PassportDocument, RecordError } from '#lib/record';
import { fieldFactsOf, methodName } from '#lib/verification';
import {
  displayDay,
  displayNumber,
  type FieldName,
  isMessageKey,
  nameIn,
  pageFields,
  say,
} from '#lib/wording';
import { barClass } from './bars.ts';
import { type Html, html, safeHref } from './html.ts';
import { type InputRow, inputRows } from './input-rows.ts';
import { listAt, namesAt, objectAt, textAt, valueAt } from './lookup.ts';
import type { Language } from './negotiate.ts';
import { PAGE_TEXTS, pageText, type TextKey } from './texts.ts';

export type PassportPageFacts = {
  readonly language: Language;
  readonly release: string;
  /** Path of the code scanned, with the serial if there is one. */
  readonly code: string;
  readonly serial: string | null;
  /** Public copies, as the bundle holds them. */
  readonly passport: JsonObject;
  readonly footprint: JsonObject;
  readonly host: string;
};

const MAX_ROWS = 40;

/** Title and main part. */
export function passportPage(facts: PassportPageFacts): { readonly title: string; readonly main: Html } {
  const passport = readPassport(facts.passport);
  if (!passport) return { title: 'Anchorleaf', main: unreadable(facts) };
  const { language, footprint } = facts;
  const result = objectAt(footprint, 'result') ?? {};
  const fields = pageFields(fieldFactsOf(passport, methodName(result as never), facts.code), language);
  const main = frame(
    facts,
    html`${firstScreen(passport, fields, footprint, language)}${working(passport, footprint, fields, language)}`,
  );
  return { title: fields.product, main };
}

/** The text, if it still has the form of a passport: it may have been changed in the store. */
function readPassport(value: JsonObject): PassportDocument | null {
  try {
    const doc = checkDocumentForm(value);
    return doc.type === 'passport/v1' ? doc : null;
  } catch (error) {
    if (error instanceof RecordError) return null;
    throw error;
  }
}

function frame({ release, code, serial, host, language }: PassportPageFacts, content: Html): Html {
  const query = serial === null ? '' : `?serial=${encodeURIComponent(serial)}`;
  return html`<main id="passport" data-release="${release}" data-code="${code}" data-bundle="/passports/${release}/bundle${query}">
    ${content}
    ${elsewhere(release, query, host, language)}
  </main>`;
}

function unreadable(facts: PassportPageFacts): Html {
  return frame(facts, html`<h1>${pageText(facts.language, 'unreadable')}</h1>${checks(facts.language)}`);
}

type Fields = Readonly<Record<FieldName, string>>;

/** A key fact. The checker prints it again from the checked bytes, so nothing but the fact stands in the element. */
const field = (name: FieldName, fields: Fields): Html =>
  html`<span data-field="${name}">${fields[name]}</span>`;

/** The island finds this section, says in it what it does and found; without it the sentence stays true. */
function checks(language: Language): Html {
  return html`<section id="checks" role="status">
    <p class="verdict">${say(language, 'headline/not-checked')}</p>
  </section>`;
}

function firstScreen(
  passport: PassportDocument,
  fields: Fields,
  footprint: JsonObject,
  language: Language,
): Html {
  return html`
    <p>${field('maker', fields)}</p>
    <h1>${field('product', fields)}</h1>
    <p class="number">${field('number', fields)} <small>${field('unit', fields)}</small></p>
    <p class="soft">${say(language, 'page/range-unknown')}</p>
    <p class="said">${field('boundary', fields)}</p>
    ${incompleteLines(footprint, language)}
    <p class="said">${field('opinion', fields)}</p>
    ${checks(language)}
    ${stages(passport, fields, language)}`;
}

function stages({ footprint }: PassportDocument, fields: Fields, language: Language): Html {
  const numbers = footprint.stages.map(({ value }) => value);
  const largest = numbers.sort((a, b) => Number(b) - Number(a))[0] ?? '0';
  return html`<p class="soft">${say(language, 'page/stages')} · ${fields.unit}</p>
    <ul class="stages">${footprint.stages.map(
      ({ stage, value }) =>
        html`<li><span>${term(language, `stage/${stage}`, stage)}</span><i class="${barClass(value, largest)}"></i><b>${displayNumber(value)}</b></li>`,
    )}</ul>`;
}

/** A line that is not life-cycle complete is named directly under the number. */
function incompleteLines(footprint: JsonObject, language: Language): Html | null {
  const named = gapsOf(footprint).filter(
    ({ code }) => code === 'gap/no-upstream' || code === 'gap/no-direct',
  );
  if (named.length === 0) return null;
  const lines = named.map(({ code, name }) => `${term(language, code, code)}: ${nameIn(language, name)}`);
  return html`<p class="said">${[...new Set(lines)].join(' · ')}</p>`;
}

function working(
  passport: PassportDocument,
  footprint: JsonObject,
  fields: Fields,
  language: Language,
): Html {
  return html`
    ${shares(passport, language)}
    ${gaps(footprint, language)}
    ${inputs(footprint, language)}
    ${lines(footprint, language)}
    ${opinion(passport, language)}
    ${materials(passport, language)}
    ${identity(passport, fields, language)}`;
}

const heading = (language: Language, key: TextKey): Html => html`<h2>${pageText(language, key)}</h2>`;
const pair = (language: Language, key: TextKey, value: Html | string): Html =>
  html`<dt>${pageText(language, key)}</dt><dd>${value}</dd>`;

/** A table that may be wider than a phone: it scrolls in its own box, also by keyboard. */
function table(language: Language, label: TextKey, heads: readonly TextKey[], rows: readonly Html[]): Html {
  return html`<div class="wide" role="region" tabindex="0" aria-label="${pageText(language, label)}">
    <table>
      <thead><tr>${heads.map((key) => html`<th scope="col">${pageText(language, key)}</th>`)}</tr></thead>
      <tbody>${rows}</tbody>
    </table>
  </div>`;
}

function shares({ footprint }: PassportDocument, language: Language): Html {
  const rows = Object.entries(footprint.shares).flatMap(([name, share]) =>
    share === null
      ? []
      : html`<dt>${term(language, `share/${kebab(name)}`, name)}</dt><dd>${displayNumber(share)}</dd>`,
  );
  return html`${heading(language, 'shares')}<dl>${rows}</dl>`;
}

/** `primaryData` → `primary-data` */
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

type Gap = { readonly code: string; readonly value: string; readonly name: { zh?: string; en?: string } };

function gapsOf(footprint: JsonObject): Gap[] {
  return listAt(footprint, 'result', 'gaps').map((gap) => {
    const activity = valueAt(gap, 'activity');
    const name =
      typeof activity === 'number' ? namesAt(footprint, 'input', 'activities', activity, 'name') : {};
    return { code: textAt(gap, 'code'), value: textAt(gap, 'value'), name };
  });
}

/** One line for each kind of gap, with the inputs it concerns. */
function gaps(footprint: JsonObject, language: Language): Html | null {
  const grouped = new Map<string, Set<string>>();
  for (const { code, value, name } of gapsOf(footprint)) {
    // ids of factors say nothing to people; years and percents do
    const shown = value.startsWith('sha256:') ? '' : value;
    const text = isMessageKey(code) ? say(language, code, { value: shown }) : code;
    const names = grouped.get(text) ?? new Set();
    names.add(nameIn(language, name));
    grouped.set(text, names);
  }
  if (grouped.size === 0) return null;
  const items = [...grouped].map(([text, names]) => {
    const list = [...names].filter((name) => name !== '').slice(0, 12);
    return html`<li>${text}${list.length > 0 && html`: ${list.join(' · ')}`}</li>`;
  });
  return html`${heading(language, 'gaps')}<ul>${items}</ul>`;
}

function inputs(footprint: JsonObject, language: Language): Html {
  const rows = inputRows(objectAt(footprint, 'input') ?? undefined);
  const factors = new Map(
    listAt(footprint, 'input', 'factors').map((factor) => [
      textAt(factor, 'id'),
      factorText(factor, language),
    ]),
  );
  const more = rows.length - MAX_ROWS;
  return html`${heading(language, 'inputs')}
    ${table(
      language,
      'inputs',
      ['input', 'line', 'source', 'quantity', 'factor'],
      rows.slice(0, MAX_ROWS).map((row) => inputRow(row, factors, language)),
    )}
    ${more > 0 && html`<p class="soft">+${more} ${pageText(language, 'moreInputs')}</p>`}`;
}

function factorText(factor: JsonValue, language: Language): string {
  const name = nameIn(language, namesAt(factor, 'name'));
  return `${name} ${textAt(factor, 'value')} ${textAt(factor, 'unit')} (${textAt(factor, 'year')})`;
}

function inputRow(row: InputRow, factors: ReadonlyMap<string, string>, language: Language): Html {
  const quantity =
    row.state === 'shown' && row.quantity
      ? `${displayQuantity(row.quantity.value)} ${unitText(row.quantity.unit, language)}`
      : pageText(language, row.state === 'withheld' ? 'withheld' : 'missing');
  const line = row.line === 'shared' ? pageText(language, 'shared') : row.line;
  return html`<tr>
    <th scope="row">${nameIn(language, row.names)}</th>
    <td>${line}</td>
    <td>${gradeText(row.grade, language)}${row.count > 1 && html` ×${row.count}`}${row.isEstimated && html`, ${pageText(language, 'estimated')}`}</td>
    <td class="n">${quantity}</td>
    <td>${row.factors.map((id) => factors.get(id) ?? '–').join(' + ')}</td>
  </tr>`;
}

/** The working shows all digits, but not more places than anybody reads. */
const displayQuantity = (value: string) => (value.length > 14 ? displayNumber(value) : value);

/** Units of Chinese bills say nothing to a reader of English. */
function unitText(unit: string, language: Language): string {
  const key = `unit/${unit}`;
  return Object.hasOwn(PAGE_TEXTS, key) ? pageText(language, key as TextKey) : unit;
}

function gradeText(grade: string, language: Language): string {
  const key = `grade/${grade}`;
  return Object.hasOwn(PAGE_TEXTS, key) ? pageText(language, key as TextKey) : grade;
}

function lines(footprint: JsonObject, language: Language): Html | null {
  const found = listAt(footprint, 'result', 'lines');
  if (found.length < 2) return null;
  const rows = found.map((line) => {
    const name = textAt(line, 'line');
    return html`<tr>
      <th scope="row">${name === 'shared' ? pageText(language, 'shared') : name}</th>
      <td>${displayNumber(textAt(line, 'perUnit'))}</td>
      <td>${displayNumber(textAt(line, 'electricityPerUnit', 'value'))}</td>
    </tr>`;
  });
  return html`${heading(language, 'lines')}
    ${table(language, 'lines', ['line', 'perPiece', 'electricityPerPiece'], rows)}`;
}

function opinion({ opinion: stated }: PassportDocument, language: Language): Html | null {
  if (!stated) return null;
  const dates = `${displayDay(stated.validFrom)} – ${displayDay(stated.validUntil, 'end')}`;
  const body = html`${nameIn(language, stated.bodyNames)} <code>${stated.body}</code>`;
  return html`${heading(language, 'opinion')}<dl>
    ${pair(language, 'body', body)}
    ${pair(language, 'registrar', html`<code>${stated.registrar}</code>`)}
    ${pair(language, 'criteria', `${stated.criteria}; ${stated.standard}`)}
    ${pair(language, 'report', stated.reportNumber)}
    ${pair(language, 'coverageValid', dates)}
    ${stated.limitationsText !== '' && pair(language, 'limitations', stated.limitationsText)}
  </dl>`;
}

function materials({ materials: list }: PassportDocument, language: Language): Html | null {
  if (list.length === 0) return null;
  const items = list.map(({ name, massFraction, originCountry }) => {
    const share = pageText(language, 'ofMass', { fraction: massFraction });
    return html`<li>${name} · ${share} · ${originCountry}</li>`;
  });
  return html`${heading(language, 'materials')}<ul>${items}</ul>`;
}

function identity({ product, facility, issuer }: PassportDocument, fields: Fields, language: Language): Html {
  const holder = html`${say(language, `holder/${issuer.keyHolder}`)} <code>${issuer.kid}</code>`;
  return html`${heading(language, 'identity')}<dl>
    ${pair(language, 'code', field('code', fields))}
    ${pair(language, 'dates', field('dates', fields))}
    ${pair(language, 'productId', html`<code>${product.id}</code>`)}
    ${pair(language, 'cnCode', product.cnCode)}
    ${pair(language, 'mass', `${product.massPerUnit.value} ${product.massPerUnit.unit}`)}
    ${pair(language, 'facility', `${nameIn(language, facility.names)} · ${facility.subdivision}`)}
    ${issuer.uscc !== undefined && pair(language, 'uscc', issuer.uscc)}
    ${pair(language, 'keyHolder', holder)}
    ${pair(language, 'issuerAddress', html`<code>${issuer.address}</code>`)}
  </dl>`;
}

/** What to take along, what is not claimed, and who runs this. */
function elsewhere(release: string, query: string, host: string, language: Language): Html {
  const links: readonly (readonly [string, TextKey])[] = [
    [`/passports/${release}/bundle${query}`, 'bundle'],
    [`/passports/${release}/credential`, 'credential'],
    ['/log/checkpoint', 'log'],
    ['/verify/root.json', 'root'],
  ];
  return html`${heading(language, 'documents')}
    <ul>${links.map(([address, key]) => html`<li><a href="${safeHref(address)}">${pageText(language, key)}</a></li>`)}</ul>
    ${heading(language, 'noClaim')}
    <p>${say(language, 'page/no-claim')}</p>
    ${heading(language, 'operator')}
    <p>${say(language, 'page/elsewhere', { host })}</p>
    <p>${pageText(language, 'chain')}</p>`;
}

/** A term of a catalogue; a word that is not in it stands as it is. */
function term(language: Language, key: string, word: string): string {
  return isMessageKey(key) ? say(language, key) : word;
}

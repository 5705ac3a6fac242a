// The passport as a page, out of the stored texts: maker, product, one number and what was said about it first; the
// working below. Nothing on it is a verdict: that is the checker's, and until it ran the page says "not checked".
import type { JsonObject } from '#lib/canonical';
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
import { pageText, type TextKey } from './texts.ts';

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
  const main = html`${frame(
    facts,
    html`${firstScreen(passport, fields, footprint, language)}${working(passport, footprint, fields, language)}`,
  )}`;
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
  return html`<main id="passport" data-release="${release}" data-code="${code}" data-bundle="/passports/${release}/bundle${query}" data-language="${language}">${content}${elsewhere(release, query, host, language)}</main>`;
}

function unreadable(facts: PassportPageFacts): Html {
  return frame(facts, html`<h1>${pageText(facts.language, 'unreadable')}</h1>${checks(facts.language)}`);
}

const field = (
  tag: 'span' | 'p' | 'dd',
  name: FieldName,
  fields: Readonly<Record<FieldName, string>>,
): Html => {
  const text = fields[name];
  if (tag === 'span') return html`<span data-field="${name}">${text}</span>`;
  return tag === 'p'
    ? html`<p data-field="${name}">${text}</p>`
    : html`<dd data-field="${name}">${text}</dd>`;
};

/** The island finds this section, says in it what it does and found; without it the sentence stays true. */
function checks(language: Language): Html {
  return html`<section id="checks" role="status"><p class="verdict">${say(language, 'headline/not-checked')}</p></section>`;
}

function firstScreen(
  passport: PassportDocument,
  fields: Readonly<Record<FieldName, string>>,
  footprint: JsonObject,
  language: Language,
): Html {
  const { stages } = passport.footprint;
  const largest = stages.map(({ value }) => value).sort((a, b) => Number(b) - Number(a))[0] ?? '0';
  return html`${field('p', 'maker', fields)}<h1>${field('span', 'product', fields)}</h1><p class="number">${field('span', 'number', fields)} <small>${field('span', 'unit', fields)}</small></p><p class="soft">${say(language, 'page/range-unknown')}</p>${field('p', 'boundary', fields)}${incompleteLines(footprint, language)}${field('p', 'opinion', fields)}${checks(language)}<ul class="stages" aria-label="${say(language, 'page/stages')}">${stages.map(
    ({ stage, value }) =>
      html`<li><span>${term(language, `stage/${stage}`, stage)}</span><i class="${barClass(value, largest)}"></i><b>${displayNumber(value)} kg</b></li>`,
  )}</ul>`;
}

/** A line that is not life-cycle complete is named directly under the number. */
function incompleteLines(footprint: JsonObject, language: Language): Html | null {
  const named = gapsOf(footprint).filter(
    ({ code }) => code === 'gap/no-upstream' || code === 'gap/no-direct',
  );
  if (named.length === 0) return null;
  return html`<p>${[...new Set(named.map(({ code, name }) => `${term(language, code, code)}: ${nameIn(language, name)}`))].join(' · ')}</p>`;
}

function working(
  passport: PassportDocument,
  footprint: JsonObject,
  fields: Readonly<Record<FieldName, string>>,
  language: Language,
): Html {
  return html`${shares(passport, language)}${gaps(footprint, language)}${inputs(footprint, language)}${lines(footprint, language)}${opinion(passport, language)}${materials(passport, language)}${identity(passport, fields, language)}`;
}

function shares({ footprint }: PassportDocument, language: Language): Html {
  const rows = Object.entries(footprint.shares).filter(([, share]) => share !== null);
  return html`<h2>${pageText(language, 'shares')}</h2><dl>${rows.map(
    ([name, share]) =>
      html`<dt>${term(language, `share/${kebab(name)}`, name)}</dt><dd>${displayNumber(share ?? '')} %</dd>`,
  )}</dl>`;
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

function gaps(footprint: JsonObject, language: Language): Html | null {
  const grouped = new Map<string, Set<string>>();
  for (const { code, value, name } of gapsOf(footprint)) {
    const shown = /^sha256:/.test(value) ? '' : value;
    const text = isMessageKey(code) ? say(language, code, { value: shown }) : code;
    const names = grouped.get(text) ?? new Set();
    names.add(nameIn(language, name));
    grouped.set(text, names);
  }
  if (grouped.size === 0) return null;
  return html`<h2>${pageText(language, 'gaps')}</h2><ul>${[...grouped].map(([text, names]) => {
    const list = [...names]
      .filter((name) => name !== '')
      .slice(0, 12)
      .join(' · ');
    return html`<li>${text}${list && html`: ${list}`}</li>`;
  })}</ul>`;
}

function inputs(footprint: JsonObject, language: Language): Html {
  const rows = inputRows(objectAt(footprint, 'input') ?? undefined);
  const factors = new Map(
    listAt(footprint, 'input', 'factors').map((factor) => [
      textAt(factor, 'id'),
      `${nameIn(language, namesAt(factor, 'name'))} ${textAt(factor, 'value')} ${textAt(factor, 'unit')} (${textAt(factor, 'year')})`,
    ]),
  );
  const heads = (['input', 'line', 'source', 'quantity', 'factor'] as const).map(
    (key) => html`<th scope="col">${pageText(language, key)}</th>`,
  );
  return html`<h2>${pageText(language, 'inputs')}</h2><div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>${rows
    .slice(0, MAX_ROWS)
    .map((row) => inputRow(row, factors, language))}</tbody></table></div>${
    rows.length > MAX_ROWS &&
    html`<p class="soft">+${rows.length - MAX_ROWS} ${pageText(language, 'moreInputs')}</p>`
  }`;
}

function inputRow(row: InputRow, factors: ReadonlyMap<string, string>, language: Language): Html {
  const quantity =
    row.state === 'shown' && row.quantity
      ? `${displayQuantity(row.quantity.value)} ${row.quantity.unit}`
      : pageText(language, row.state === 'withheld' ? 'withheld' : 'missing');
  const grade = `grade/${row.grade}` as TextKey;
  const line = row.line === 'shared' ? pageText(language, 'shared') : row.line;
  return html`<tr><th scope="row">${nameIn(language, row.names)}</th><td>${line}</td><td>${pageText(language, grade)}${
    row.count > 1 && html` ×${row.count}`
  }${row.isEstimated && html`, ${pageText(language, 'estimated')}`}</td><td class="n">${quantity}</td><td>${row.factors
    .map((id) => factors.get(id) ?? '–')
    .join(' + ')}</td></tr>`;
}

/** The working shows all digits, but not more places than anybody reads. */
const displayQuantity = (value: string) => (value.length > 14 ? displayNumber(value) : value);

function lines(footprint: JsonObject, language: Language): Html | null {
  const found = listAt(footprint, 'result', 'lines');
  if (found.length < 2) return null;
  return html`<h2>${pageText(language, 'lines')}</h2><div class="wide"><table><thead><tr><th scope="col">${pageText(language, 'line')}</th><th scope="col">${pageText(language, 'perPiece')}</th><th scope="col">${pageText(language, 'electricityPerPiece')}</th></tr></thead><tbody>${found.map(
    (line) => {
      const name = textAt(line, 'line');
      return html`<tr><th scope="row">${name === 'shared' ? pageText(language, 'shared') : name}</th><td>${displayNumber(textAt(line, 'perUnit'))}</td><td>${displayNumber(textAt(line, 'electricityPerUnit', 'value'))}</td></tr>`;
    },
  )}</tbody></table></div>`;
}

function opinion({ opinion: stated }: PassportDocument, language: Language): Html | null {
  if (!stated) return null;
  const until = `${displayDay(stated.validFrom)} – ${displayDay(stated.validUntil, 'end')}`;
  return html`<h2>${pageText(language, 'opinion')}</h2><dl><dt>${pageText(language, 'body')}</dt><dd>${nameIn(language, stated.bodyNames)} <code>${stated.body}</code></dd><dt>${pageText(language, 'registrar')}</dt><dd><code>${stated.registrar}</code></dd><dt>${pageText(language, 'criteria')}</dt><dd>${stated.criteria}; ${stated.standard}</dd><dt>${pageText(language, 'report')}</dt><dd>${stated.reportNumber}</dd><dt>${pageText(language, 'coverageValid')}</dt><dd>${until}</dd>${
    stated.limitationsText !== '' &&
    html`<dt>${pageText(language, 'limitations')}</dt><dd>${stated.limitationsText}</dd>`
  }</dl>`;
}

function materials({ materials: list }: PassportDocument, language: Language): Html | null {
  if (list.length === 0) return null;
  return html`<h2>${pageText(language, 'materials')}</h2><ul>${list.map(
    ({ name, massFraction, originCountry }) =>
      html`<li>${name}, ${percent(massFraction)} %, ${originCountry}</li>`,
  )}</ul>`;
}

const percent = (fraction: string) => displayNumber(String(Math.round(Number(fraction) * 1e4) / 100));

function identity(
  passport: PassportDocument,
  fields: Readonly<Record<FieldName, string>>,
  language: Language,
): Html {
  const { product, facility, issuer } = passport;
  return html`<h2>${pageText(language, 'identity')}</h2><dl><dt>${pageText(language, 'code')}</dt>${field('dd', 'code', fields)}<dt>${pageText(language, 'dates')}</dt>${field('dd', 'dates', fields)}<dt>${pageText(language, 'productId')}</dt><dd><code>${product.id}</code></dd><dt>${pageText(language, 'cnCode')}</dt><dd>${product.cnCode}</dd><dt>${pageText(language, 'mass')}</dt><dd>${product.massPerUnit.value} ${product.massPerUnit.unit}</dd><dt>${pageText(language, 'facility')}</dt><dd>${nameIn(language, facility.names)}, ${facility.subdivision}</dd>${
    issuer.uscc !== undefined && html`<dt>${pageText(language, 'uscc')}</dt><dd>${issuer.uscc}</dd>`
  }<dt>${pageText(language, 'keyHolder')}</dt><dd>${say(language, `holder/${issuer.keyHolder}`)} <code>${issuer.kid}</code></dd></dl>`;
}

/** What to take along, what is not claimed, and who runs this. */
function elsewhere(release: string, query: string, host: string, language: Language): Html {
  const links: readonly (readonly [string, TextKey])[] = [
    [`/passports/${release}/bundle${query}`, 'bundle'],
    [`/passports/${release}/credential`, 'credential'],
    ['/log/checkpoint', 'log'],
    ['/verify/root.json', 'root'],
  ];
  return html`<h2>${pageText(language, 'documents')}</h2><ul>${links.map(
    ([address, key]) => html`<li><a href="${safeHref(address)}">${pageText(language, key)}</a></li>`,
  )}</ul><h2>${pageText(language, 'noClaim')}</h2><p>${say(language, 'page/no-claim')}</p><h2>${pageText(language, 'operator')}</h2><p>${say(language, 'overlay/operator-page', { host })}. ${say(language, 'page/elsewhere', { host })}</p><p>${pageText(language, 'chain')}</p>`;
}

/** A term of a catalogue; a word that is not in it stands as it is. */
function term(language: Language, key: string, word: string): string {
  return isMessageKey(key) ? say(language, key) : word;
}

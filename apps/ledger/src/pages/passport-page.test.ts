import { readFileSync } from 'node:fs';
import type { JsonObject } from '#lib/canonical';
import type { Language } from './negotiate.ts';
import { passportPage } from './passport-page.ts';

const GOLDEN = new URL('../../../../test/vectors/golden/bundle.json', import.meta.url);
const bundle = JSON.parse(readFileSync(GOLDEN, 'utf8')) as {
  code: string;
  documents: { type: string; doc: JsonObject }[];
};
const documentOf = (type: string) => bundle.documents.find((each) => each.type === type)!.doc;

function pageOf(language: Language, changes: { passport?: JsonObject; footprint?: JsonObject } = {}): string {
  return passportPage({
    language,
    release: 'abcdefgh01234567',
    code: bundle.code,
    serial: null,
    passport: documentOf('passport/v1'),
    footprint: documentOf('footprint/v1'),
    host: 'ledger.example',
    ...changes,
  }).main.text;
}

/** What a reader sees, tags left out. */
const textOf = (page: string) => page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('says once who runs it, and nothing of a check that is still to come', () => {
  for (const language of ['en', 'zh'] as const) {
    const text = textOf(pageOf(language));
    expect(text.match(/(from|来自) ledger\.example/g)).toHaveLength(1);
  }
});

test('shows who the maker is on chain: another key history under the same name has another address', () => {
  const { issuer } = documentOf('passport/v1') as { issuer: { address: string } };
  for (const language of ['en', 'zh'] as const) expect(pageOf(language)).toContain(issuer.address);
});

test('shares of mass say what they are of, and units of Chinese bills are translated', () => {
  expect(textOf(pageOf('en'))).toContain('bagasse pulp · share of the mass 0.98 · CN');
  const footprint = structuredClone(documentOf('footprint/v1')) as any;
  for (const activity of footprint.input.activities)
    if (activity.quantity?.unit === 'kWh') activity.quantity.unit = '度';
  expect(textOf(pageOf('zh', { footprint }))).toMatch(/\d 度/);
  const english = textOf(pageOf('en', { footprint }));
  expect(english).toMatch(/\d kWh/);
  expect(english).not.toContain('度');
});

test('names are text, whatever they hold', () => {
  const hostile = `"><img src=x onerror=alert(1)>'\`&`;
  const passport = structuredClone(documentOf('passport/v1')) as any;
  passport.issuer.names = { zh: hostile, en: hostile };
  passport.product.names = { zh: hostile, en: hostile };
  passport.materials[0].name = hostile;
  passport.opinion.bodyNames = { zh: hostile, en: hostile };
  passport.opinion.limitationsText = hostile;
  const page = pageOf('en', { passport });
  expect(page).not.toContain('<img');
  expect(page.match(/&lt;img src=x/g)?.length).toBeGreaterThan(4);
});

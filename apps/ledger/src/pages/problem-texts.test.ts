import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forbiddenWords } from '#lib/wording';
import { PROBLEM_CODES, problemText } from './problem-texts.ts';
import { PAGE_TEXTS } from './texts.ts';

const SOURCE = join(import.meta.dirname, '..');
/** Rooms whose codes a client can meet; `gap/…`, `headline/…` and the like are texts of other catalogues. */
const ROOMS =
  'batch|bundle|canonical|catalogue|chain|content|digital-link|evidence|facility|files|footprint|http|import|labels|log|opinion|organisation|passport|product|quantity|registration|verify|witness';

function codesIn(pattern: string): string[] {
  const files = globSync(pattern, { cwd: SOURCE }).filter(
    (file) => !file.endsWith('.test.ts') && !file.includes('problem-texts'),
  );
  const codes = files.flatMap((file) => [
    ...readFileSync(join(SOURCE, file), 'utf8').matchAll(new RegExp(`'((?:${ROOMS})/[a-z0-9-]+)'`, 'g')),
  ]);
  return [...new Set(codes.map((match) => match[1] as string))]
    .filter((code) => !/\/v\d+$/.test(code))
    .sort();
}

test.each([
  '{catalogue,files,imports,footprints,opinions,passports,labels,resolver,pages,recording}/**/*.ts',
  'http/*.ts',
  'organisations/*.ts',
  'chain/transactions.controller.ts',
  '{log,witness,chain-events,documents}/**/*.ts',
])('every code in %s is explained', (pattern) => {
  const codes = codesIn(pattern);
  expect(codes.length).toBeGreaterThan(0);
  expect(codes.filter((code) => !PROBLEM_CODES.includes(code))).toEqual([]);
});

test('the refusals of the import rules and of printed codes are explained', () => {
  const codes = [
    '../../../libs/evidence/src/refusals.ts',
    '../../../libs/digital-link/src/errors.ts',
  ].flatMap(codesIn);
  expect(codes.length).toBeGreaterThan(40);
  expect(codes.filter((code) => !PROBLEM_CODES.includes(code))).toEqual([]);
});

test('texts are whole in both languages and promise nothing', () => {
  for (const code of PROBLEM_CODES)
    for (const language of ['en', 'zh'] as const) {
      const { meaning, remedy } = problemText(code, language)!;
      expect([code, /[.。]$/.test(meaning), /[.。]$/.test(remedy)]).toEqual([code, true, true]);
      expect([code, ...forbiddenWords(`${meaning} ${remedy}`)]).toEqual([code]);
    }
  for (const [key, { en, zh }] of Object.entries(PAGE_TEXTS))
    expect([key, ...forbiddenWords(`${en} ${zh}`)]).toEqual([key]);
});

test('an unknown code has no text, nor has a name of Object', () => {
  expect(problemText('no/such', 'en')).toBeNull();
  expect(problemText('constructor', 'en')).toBeNull();
});

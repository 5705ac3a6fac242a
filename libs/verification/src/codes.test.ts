import { readdirSync, readFileSync } from 'node:fs';
import { isMessageKey } from '#lib/wording';

const here = new URL('./', import.meta.url);
const sources = readdirSync(here)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, here), 'utf8'))
  .join('\n');
const codes = [
  ...new Set(
    [
      ...sources.matchAll(
        /'((?:check|root|chain|content|signature|log|status|number|third-party)\/[a-z-]+)'/g,
      ),
    ].map(([, code]) => code!),
  ),
].filter(
  (code) => !/^(root\/(not-json|unknown-format|missing-member|malformed)|check\/(content|log))$/.test(code),
);

test('there are many', () => expect(codes.length).toBeGreaterThan(60));

test.each(codes)('%s has a sentence in the catalogues and a line in docs/checks.md', (code) => {
  expect(isMessageKey(code)).toBe(true);
  expect(readFileSync(new URL('../../../docs/checks.md', here), 'utf8')).toContain(`\`${code}\``);
});

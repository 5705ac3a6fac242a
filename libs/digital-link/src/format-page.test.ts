import { readFileSync } from 'node:fs';
import { elementString, formatPath, parsePath } from './path.ts';

const page = readFileSync(new URL('../../../docs/formats/code.md', import.meta.url), 'utf8');

test('the examples of docs/formats/code.md are read and printed as the page shows them', () => {
  const rows = [...page.matchAll(/^\| .+ \| `(\/[^`{]+)` \| `([^`]+)` \|$/gm)];
  expect(rows).toHaveLength(3);
  for (const [, path = '', text] of rows) {
    expect(formatPath(parsePath(path))).toBe(path);
    expect(elementString(parsePath(path))).toBe(text);
  }
});

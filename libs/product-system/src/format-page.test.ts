import { readFileSync } from 'node:fs';
import { computeProductSystem } from './compute.ts';
import { ProductSystemError } from './errors.ts';
import { MAX_LINES } from './input.ts';
import { PARTS, ROLES, STAGES } from './model.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = read('../../../docs/formats/product-system.md');
const door = read('./errors.ts');

test('the example in docs/formats/product-system.md is what the calculation gives', () => {
  const [input, result] = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map((block) =>
    JSON.parse(block[1] ?? ''),
  );
  expect(computeProductSystem(input)).toMatchObject(result);
});

test('the page names every refusal, stage, role and part', () => {
  const codes = [...door.matchAll(/'product-system\/([a-z0-9-]+)':/g)].map(([, code]) => code ?? '');
  expect(codes.length).toBeGreaterThan(30);
  const gaps = [...read('./gaps.ts').matchAll(/gap\('(gap\/[a-z0-9-]+)'/g)].map(([, code]) => code ?? '');
  const known = read('../../../docs/formats/footprint.md');
  for (const gap of gaps) expect(page + known).toContain(`\`${gap}\``);
  for (const name of [...codes, ...STAGES, ...ROLES, ...PARTS]) expect(page).toContain(`\`${name}\``);
  expect(page).toContain(MAX_LINES.toLocaleString('en'));
});

test('every code has its remedy, and no code is thrown that has none', () => {
  const error = new ProductSystemError('product-system/decimal-comma', '/x', 'seen "1,5"');
  expect(error).toMatchObject({
    name: 'ProductSystemError',
    pointer: '/x',
    remedy: expect.stringContaining('point'),
  });
});

test('the calculating files enter libs/quantity only', () => {
  for (const file of [
    'compute',
    'input',
    'factors',
    'shape',
    'network',
    'groups',
    'bareiss',
    'settle',
    'solve',
    'ledger',
  ]) {
    const rooms = [...read(`./${file}.ts`).matchAll(/from '(#lib\/[a-z-]+|[^.#'][^']*)'/g)].map(
      ([, room]) => room,
    );
    // A built method file is searched for the host's names; ours are kept from looking like them.
    expect(read(`./${file}.ts`)).not.toMatch(
      /^(?! *(\*|\/\/)).*\b(require|process|globalThis|Date|Intl)\b\s*[.(]/m,
    );
    expect(rooms.every((room) => room === '#lib/quantity')).toBe(true);
  }
});

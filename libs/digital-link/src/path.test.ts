import fc from 'fast-check';
import { checkDigit, type Gtin14 } from './gtin.ts';
import { type Code, elementString, formatPath, parsePath, productUri } from './path.ts';
import { checkValue } from './value.ts';

const GTIN = '09520000000011' as Gtin14;
const SET_82 = '!"%&\'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const refused = (run: () => unknown, code: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'DigitalLinkError', code: `digital-link/${code}` }));

const value = (maxLength: number) =>
  fc
    .string({ unit: fc.constantFrom(...SET_82), minLength: 1, maxLength })
    .filter((text) => text !== '.' && text !== '..');
const gtin = fc.stringMatching(/^[0-9]9\d{11}$/).map((digits) => (digits + checkDigit(digits)) as Gtin14);
const org = fc.stringMatching(/^[a-z0-9-]{2,32}$/);
const anyCode: fc.Arbitrary<Code> = fc.oneof(
  fc.record(
    { kind: fc.constant('gtin' as const), gtin, cpv: value(20), lot: value(20), serial: value(20) },
    { requiredKeys: ['kind', 'gtin'] },
  ),
  fc.record(
    { kind: fc.constant('own' as const), org, product: value(30), lot: value(20) },
    { requiredKeys: ['kind', 'org', 'product'] },
  ),
  fc.record({
    kind: fc.constant('own' as const),
    org,
    product: value(30),
    lot: value(20),
    serial: value(20),
  }),
) as fc.Arbitrary<Code>;

test.each<[Code, string, string]>([
  [{ kind: 'gtin', gtin: GTIN }, '/01/09520000000011', '(01)09520000000011'],
  [
    { kind: 'gtin', gtin: GTIN, lot: 'L2026-11' },
    '/01/09520000000011/10/L2026-11',
    '(01)09520000000011(10)L2026-11',
  ],
  [{ kind: 'gtin', gtin: GTIN, serial: '7' }, '/01/09520000000011/21/7', '(01)09520000000011(21)7'],
  [
    { kind: 'gtin', gtin: GTIN, cpv: '2A', lot: 'A/B', serial: '50%' },
    '/01/09520000000011/22/2A/10/A%2FB/21/50%25',
    '(01)09520000000011(22)2A(10)A/B(21)50%',
  ],
  [{ kind: 'own', org: 'plates', product: 'P-9' }, '/id/plates/P-9', 'ID plates/P-9'],
  [
    { kind: 'own', org: 'plates', product: '9"', lot: 'L1', serial: 'x_1' },
    '/id/plates/9%22/10/L1/21/x_1',
    'ID plates/9" LOT L1 SN x_1',
  ],
])('%p', (code, path, text) => {
  expect(formatPath(code)).toBe(path);
  expect(parsePath(path)).toEqual(code);
  expect(elementString(code)).toBe(text);
});

describe('round trips', () => {
  test('every code reads back from its path', () => {
    fc.assert(
      fc.property(anyCode, (code) => void expect(parsePath(formatPath(code))).toEqual(code)),
      { numRuns: 1000 },
    );
  });
  test('a path survives every URL reader unchanged', () => {
    fc.assert(
      fc.property(anyCode, (code) => {
        const path = formatPath(code);
        expect(new URL(path, 'https://ledger.example').pathname).toBe(path);
        expect(new URL(`${path}/`, 'https://ledger.example').pathname).toBe(`${path}/`);
        expect(parsePath(`${path}/`)).toEqual(code);
      }),
    );
  });
  test('other spellings of a code are read and printed in our own', () => {
    const spell = (path: string, how: boolean[]) => {
      let at = 0;
      return path
        .split('/')
        .map((segment, place) =>
          place < 3 || place % 2 === 1
            ? segment
            : segment.replace(/%..|./g, (part) => {
                const other = how[at++ % how.length];
                if (!other) return part;
                if (part.length === 3) return part.toLowerCase();
                return `%${part.charCodeAt(0).toString(16)}`;
              }),
        )
        .join('/');
    };
    fc.assert(
      fc.property(
        anyCode.filter(({ kind }) => kind === 'gtin'),
        fc.array(fc.boolean(), { minLength: 1 }),
        (code, how) => {
          expect(parsePath(spell(formatPath(code), how))).toEqual(code);
        },
      ),
    );
    expect(formatPath(parsePath("/01/09520000000011/10/a!&'()*+,;=:b"))).toBe(
      '/01/09520000000011/10/a%21%26%27%28%29%2A%2B%2C%3B%3D%3Ab',
    );
    expect(formatPath(parsePath('/id/plates/%50-9/10/%4c1/'))).toBe('/id/plates/P-9/10/L1');
  });
  test('two codes never have one path', () => {
    fc.assert(
      fc.property(anyCode, anyCode, (a, b) => {
        expect(formatPath(a) === formatPath(b)).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      }),
    );
  });
  const sorted = (code: Code) => Object.entries(code).sort(([a], [b]) => (a < b ? -1 : 1));
  test('any text is read or refused with a code', () => {
    const piece = fc.constantFrom(
      '/',
      '01',
      '10',
      '21',
      '22',
      'id',
      GTIN,
      'plates',
      '%',
      '%2F',
      '%2',
      '.',
      '..',
      'ä',
      '中',
      ' ',
      '?',
      '#',
      'lot',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((parts) => parts.join('')),
        ),
        (path) => {
          try {
            expect(formatPath(parsePath(path))).toMatch(/^\/(01|id)\//);
          } catch (error) {
            expect(error).toMatchObject({ name: 'DigitalLinkError' });
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test.each([
  ['', 'malformed-path'],
  ['01/09520000000011', 'malformed-path'],
  ['https://id.gs1.org/01/09520000000011', 'malformed-path'],
  [null, 'malformed-path'],
  ['/', 'malformed-path'],
  ['//01/09520000000011', 'malformed-path'],
  ['/01//09520000000011', 'malformed-path'],
  ['/01/09520000000011//', 'malformed-path'],
  ['/01/09520000000011/10', 'malformed-path'],
  ['/01/09520000000011/10/', 'malformed-path'],
  ['/01', 'malformed-gtin'],
  ['/01/9520000000011', 'malformed-gtin'],
  ['/01/009520000000011', 'malformed-gtin'],
  ['/01/0952000000001x', 'malformed-gtin'],
  ['/01/%309520000000011', 'malformed-gtin'],
  ['/01/09520000000012', 'wrong-check-digit'],
  ['/01/02000000000008', 'restricted-gtin'],
  ['/01/00200000000004', 'restricted-gtin'],
  ['/gtin/09520000000011', 'unsupported-key'],
  ['/414/9520000000004', 'unsupported-key'],
  ['/8013/1987654Ad4X4bL5ttr2310c2K', 'unsupported-key'],
  ['/1/09520000000011', 'unsupported-key'],
  ['/ARHkjd8', 'unsupported-key'], // a compressed link
  ['/01/09520000000011/lot/A', 'unsupported-key'],
  ['/01/09520000000011/235/A', 'unsupported-key'],
  ['/01/09520000000011/17/261231', 'unsupported-key'],
  ['/01/09520000000011/010/A', 'unsupported-key'],
  ['/01/09520000000011/%31%30/A', 'unsupported-key'],
  ['/01/09520000000011/21/S/10/L', 'wrong-order'],
  ['/01/09520000000011/10/L/22/V', 'wrong-order'],
  ['/01/09520000000011/10/L/10/L', 'wrong-order'],
  ['/01/09520000000011/10/L?x=1', 'malformed-encoding'],
  ['/01/09520000000011/10/L#a', 'malformed-encoding'],
  ['/01/09520000000011/10/50%', 'malformed-encoding'],
  ['/01/09520000000011/10/50%2', 'malformed-encoding'],
  ['/01/09520000000011/10/50%zz', 'malformed-encoding'],
  ['/01/09520000000011/10/a b', 'malformed-encoding'],
  ['/01/09520000000011/10/a"b', 'malformed-encoding'],
  ['/01/09520000000011/10/批次', 'malformed-encoding'],
  ['/01/09520000000011/10/L\n', 'malformed-encoding'],
  ['/01/09520000000011/10/a%20b', 'malformed-value'],
  ['/01/09520000000011/10/a%23b', 'malformed-value'],
  ['/01/09520000000011/10/%E6%89%B9', 'malformed-value'],
  ['/01/09520000000011/10/%00', 'malformed-value'],
  ['/01/09520000000011/10/a@b', 'malformed-encoding'],
  ['/01/09520000000011/10/a~b', 'malformed-encoding'],
  ['/01/09520000000011/10/.', 'malformed-value'],
  ['/01/09520000000011/10/..', 'malformed-value'],
  ['/01/09520000000011/10/%2e%2E', 'malformed-value'],
  ['/01/09520000000011/10/123456789012345678901', 'malformed-value'],
  ['/id', 'malformed-organisation'],
  ['/id/Plates/P', 'malformed-organisation'],
  ['/id/p/P', 'malformed-organisation'],
  ['/id/plates_1/P', 'malformed-organisation'],
  ['/id/plates', 'malformed-value'],
  ['/id/plates/P/22/V', 'unsupported-key'],
  ['/id/plates/P/21/S', 'malformed-path'],
  ['/id/plates/P/21/S/10/L', 'wrong-order'],
  ['/id/plates/P/10', 'malformed-path'],
  [`/id/plates/${'P'.repeat(31)}`, 'malformed-value'],
])('%p is refused: %s', (path, code) => {
  refused(() => parsePath(path as string), code);
});

test('a value is decoded once', () => {
  expect(parsePath('/01/09520000000011/10/%2541')).toEqual({ kind: 'gtin', gtin: GTIN, lot: '%41' });
});

test('every character of set 82 may stand in a lot, no other may', () => {
  expect(SET_82).toHaveLength(82);
  for (let code = 0; code < 0x250; code++) {
    const character = String.fromCharCode(code);
    if (SET_82.includes(character)) expect(checkValue(`a${character}`, 'lot')).toBe(`a${character}`);
    else refused(() => checkValue(`a${character}`, 'lot'), 'malformed-value');
  }
  expect(checkValue('x'.repeat(20), 'lot')).toHaveLength(20);
  expect(checkValue('x'.repeat(30), 'product number', 30)).toHaveLength(30);
  for (const bad of ['', 'x'.repeat(21), 'Ａ', 5, null])
    refused(() => checkValue(bad as string, 'lot'), 'malformed-value');
});

test('what cannot be a code is not printed', () => {
  refused(() => formatPath({ kind: 'gtin', gtin: '9520000000011' as Gtin14 }), 'malformed-gtin');
  refused(() => formatPath({ kind: 'gtin', gtin: GTIN, lot: '批次1' }), 'malformed-value');
  refused(() => formatPath({ kind: 'own', org: 'plates', product: 'P', serial: '1' }), 'malformed-path');
  refused(() => elementString({ kind: 'gtin', gtin: GTIN, serial: '' }), 'malformed-value');
});

test('the product id leaves lot and serial out', () => {
  expect(productUri({ kind: 'gtin', gtin: GTIN, lot: 'L', serial: '1' }, 'http://localhost:8787')).toBe(
    'https://id.gs1.org/01/09520000000011',
  );
  expect(productUri({ kind: 'own', org: 'plates', product: 'P/9', lot: 'L' }, 'http://localhost:8787/')).toBe(
    'http://localhost:8787/id/plates/P%2F9',
  );
});

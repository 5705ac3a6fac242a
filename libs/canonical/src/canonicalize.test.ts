import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { CanonicalError, canonicalBytes, canonicalize, type JsonValue, parseStrict, toHex } from './index.ts';

/** The code that the call is refused with, and the pointer it names. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof CanonicalError) return `${error.code} ${error.pointer}`;
    throw error;
  }
  return 'nothing refused';
}

describe('RFC 8785 §3.2', () => {
  test('§3.2.2: numbers, escapes and literals take their one form', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0],
      string: '\u20ac$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    expect(canonicalize(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('§3.2.3: keys by UTF-16 code units, so a surrogate pair stands before U+FB33', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    const keys = Object.keys(value).sort();
    expect(keys.join('|')).toBe('\r|1|\u0080|\u00f6|\u20ac|\ud83d\ude00|\ufb33');
    expect(canonicalize(value)).toBe(
      `{${keys.map((key) => `${JSON.stringify(key)}:${value[key as keyof typeof value]}`)}}`,
    );
  });

  test('§3.2.4: bytes are UTF-8', () => {
    expect(toHex(canonicalBytes({ 碳: '\u0001é' }))).toBe('7b22e7a2b3223a225c7530303031c3a9227d');
  });
});

describe('RFC 8785 appendix B: doubles by their IEEE 754 bits', () => {
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('%s is %s', (bits, text) => {
    expect(canonicalize(doubleOf(BigInt(`0x${bits}`)))).toBe(text);
  });

  test.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])('%s is refused', (bits) => {
    expect(refusal(() => canonicalize([doubleOf(BigInt(`0x${bits}`))]))).toBe('canonical/not-json /0');
  });

  test('any double equals a slow shortest-digits writer', () => {
    const bits = fc.bigInt({ min: 0n, max: 0xffffffffffffffffn });
    fc.assert(
      fc.property(fc.oneof(bits.map(doubleOf), fc.double(), fc.integer()), (number) => {
        fc.pre(Number.isFinite(number));
        expect(canonicalize(number)).toBe(slowNumber(number));
      }),
      { numRuns: 3000 },
    );
  });
});

const PUBLISHED = new URL('../../../../shared/data/standards/jcs/testdata/', import.meta.url);
const isPublishedHere = existsSync(PUBLISHED);
if (!isPublishedHere) console.log('skipped: the published pairs of RFC 8785 are not on this machine');
(isPublishedHere ? describe : describe.skip)('published pairs of the authors of RFC 8785', () => {
  test.each(['arrays', 'french', 'structures', 'unicode', 'values', 'weird'])('%s', (name) => {
    const read = (file: string) => readFileSync(new URL(file, PUBLISHED), 'utf8');
    const bytes = canonicalBytes(JSON.parse(read(`input/${name}.json`)));
    expect(toHex(bytes)).toBe(read(`outhex/${name}.txt`).replace(/\s/g, ''));
  });
});

describe('what JavaScript would do quietly', () => {
  test('integer-like keys keep JCS order, on the fast path and on the slow one', () => {
    expect(canonicalize({ 2: 0, 10: 0 })).toBe('{"10":0,"2":0}');
    expect(canonicalize({ 1: 0, 2: 0 })).toBe('{"1":0,"2":0}');
    expect(canonicalize({ '-': 0, 1: 0, '01': { b: 0, 9: 0, 10: 0 } })).toBe(
      '{"-":0,"01":{"10":0,"9":0,"b":0},"1":0}',
    );
  });

  test('a key named __proto__ stays', () => {
    const value = JSON.parse('{"b":1,"__proto__":{"z":1,"a":2}}');
    expect(canonicalize(value)).toBe('{"__proto__":{"a":2,"z":1},"b":1}');
    expect(canonicalize(JSON.parse('{"__proto__":1,"b":1}'))).toBe('{"__proto__":1,"b":1}');
  });

  test('an object without prototype is plain', () => {
    expect(canonicalize(Object.assign(Object.create(null), { b: 1, a: 2 }))).toBe('{"a":2,"b":1}');
  });

  const cyclic: unknown[] = [];
  cyclic.push({ self: cyclic });
  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'canonical/not-json '],
    ['an undefined member', { b: 1, a: undefined }, 'canonical/not-json /a'],
    ['a hole', Array(2), 'canonical/not-json /0'],
    ['a function', { f: () => 1 }, 'canonical/not-json /f'],
    ['a symbol', [Symbol('s')], 'canonical/not-json /0'],
    ['a bigint', [1n], 'canonical/not-json /0'],
    ['NaN', { 'a/b~': [Number.NaN] }, 'canonical/not-json /a~1b~0/0'],
    ['Infinity', -Infinity, 'canonical/not-json '],
    ['a date', { at: new Date(0) }, 'canonical/not-json /at'],
    ['a map', new Map(), 'canonical/not-json '],
    ['a boxed string', Object('s'), 'canonical/not-json '],
    ['a class instance', new (class Mass {})(), 'canonical/not-json '],
    ['bytes', new Uint8Array(1), 'canonical/not-json '],
    ['own toJSON', { toJSON: () => 1 }, 'canonical/not-json /toJSON'],
    ['a lone high surrogate', ['\ud800'], 'canonical/lone-surrogate /0'],
    ['a lone low surrogate', { a: 'x\udfffy' }, 'canonical/lone-surrogate /a'],
    ['a key with half a pair', { '\ud83d': 1 }, 'canonical/lone-surrogate /\ud83d'],
    ['a cycle', cyclic, `canonical/too-deep ${'/0/self'.repeat(128)}`],
  ])('%s is refused', (_name, value, wanted) => {
    expect(refusal(() => canonicalize(value))).toBe(wanted);
  });

  test('an escaped backslash before ud800 is text, not half a pair', () => {
    expect(canonicalize('\\ud800')).toBe('"\\\\ud800"');
    expect(canonicalize({ b: '\\udfff', a: '\ud83d\ude00' })).toBe('{"a":"😀","b":"\\\\udfff"}');
  });
});

describe('properties', () => {
  const key = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.nat(20).map(String));
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.constant(null),
        fc.boolean(),
        fc.string({ unit: 'grapheme' }),
        fc.maxSafeInteger(),
        fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
      ),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
    ),
  })).value;
  const FORBIDDEN = /"(__proto__|constructor|prototype)":/;

  test('equal to a writer that sorts and concatenates', () => {
    fc.assert(fc.property(json, (value) => expect(canonicalize(value)).toBe(slowWrite(value))));
  });

  test('parsing the canonical text gives a value with the same canonical text', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalize(value);
        fc.pre(!FORBIDDEN.test(text));
        expect(canonicalize(parseStrict(text))).toBe(text);
        expect(parseStrict(text)).toEqual(JSON.parse(text) as JsonValue);
      }),
    );
  });

  test('the order in which members were added does not matter', () => {
    fc.assert(fc.property(json, (value) => expect(canonicalize(reversed(value))).toBe(canonicalize(value))));
  });

  test('the value is not changed', () => {
    fc.assert(
      fc.property(json, (value) => {
        const before = JSON.stringify(value);
        canonicalize(value);
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });
});

function doubleOf(bits: bigint): number {
  return new Float64Array(new BigUint64Array([bits]).buffer)[0];
}

/** Number::toString by the definition: fewest digits that lead back, laid out by the place of the point. */
function slowNumber(number: number): string {
  if (number === 0) return '0';
  if (number < 0) return `-${slowNumber(-number)}`;
  let digits = 0;
  while (Number(number.toExponential(digits)) !== number) digits++;
  const [mantissa, exponent] = number.toExponential(digits).split('e');
  let s = mantissa.replace('.', '');
  // toExponential rounds a tie up; Number::toString wants the even one (ECMA-262 §6.1.6.1.20, note 2)
  const exact = number.toExponential(100).split('e')[0].replace('.', '');
  const below = exact.slice(0, digits + 1);
  const isTie = /^50*$/.test(exact.slice(digits + 1));
  const isEven = '02468'.includes(below.slice(-1));
  if (isTie && isEven && Number(`${below[0]}.${below.slice(1)}e${exponent}`) === number) s = below;
  const n = Number(exponent) + 1;
  if (s.length <= n && n <= 21) return s.padEnd(n, '0');
  if (n > 0 && n <= 21) return `${s.slice(0, n)}.${s.slice(n)}`;
  if (n > -6 && n <= 0) return `0.${'0'.repeat(-n)}${s}`;
  return `${s[0]}${s.length > 1 ? `.${s.slice(1)}` : ''}e${n > 0 ? '+' : '-'}${Math.abs(n - 1)}`;
}

function slowWrite(value: unknown): string {
  if (typeof value === 'number') return slowNumber(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(slowWrite).join()}]`;
  const units = (text: string) => [...Array(text.length).keys()].map((i) => text.charCodeAt(i));
  const before = (a: number[], b: number[]): number => {
    const at = a.findIndex((unit, i) => unit !== b[i]);
    return at < 0 ? a.length - b.length : at >= b.length ? 1 : a[at] - b[at];
  };
  const members = Object.entries(value).sort(([a], [b]) => before(units(a), units(b)));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${slowWrite(member)}`).join()}}`;
}

function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value).reverse()) copy[key] = reversed(member);
  return copy;
}

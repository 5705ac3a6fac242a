import fc from 'fast-check';
import { CanonicalError, canonicalBytes, isCanonical, type ParseLimits, parseStrict, utf8 } from './index.ts';

function refusal(input: string | Uint8Array, limits?: ParseLimits): string {
  try {
    parseStrict(input, limits);
  } catch (error) {
    if (error instanceof CanonicalError) return `${error.code} ${error.pointer} ${error.offset}`;
    throw error;
  }
  return 'taken';
}

describe('what is taken', () => {
  test.each([
    '{}',
    '[]',
    ' \n\r\t[ 1 , -0.5e+3 , 0 , 10E-2 ] ',
    '{"a":{"b":[true,false,null]},"":""}',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00 碳 😀 \u2028"',
    '{"toString":1,"hasOwnProperty":2,"__proto":3}',
    '9007199254740991',
    '-9007199254740991',
    '4503599627370495.5',
    '-0',
    '0e9',
  ])('%s as JSON.parse reads it, from text and from bytes', (text) => {
    expect(parseStrict(text)).toEqual(JSON.parse(text));
    expect(parseStrict(utf8(text))).toEqual(JSON.parse(text));
  });

  test('any text of JSON.stringify, indented too', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ noUnicodeString: false, depthSize: 'medium' }),
        fc.nat(3),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          const isTaken = refusal(text) === 'taken';
          if (isTaken) expect(parseStrict(text)).toEqual(JSON.parse(text));
          else expect(refusal(text)).toMatch(/out-of-range|forbidden-key|lone-surrogate/);
        },
      ),
    );
  });

  test('depth and size up to the limit', () => {
    expect(refusal(`${'['.repeat(64)}${']'.repeat(64)}`)).toBe('taken');
    expect(refusal('[[]]', { maxDepth: 2 })).toBe('taken');
    expect(refusal(`"${'x'.repeat(1_048_574)}"`)).toBe('taken');
    expect(refusal('"碳"', { maxBytes: 5 })).toBe('taken');
    expect(refusal(utf8('"😀"'), { maxBytes: 6 })).toBe('taken');
    expect(refusal('"😀"', { maxBytes: 6 })).toBe('taken');
  });
});

describe('what is refused, and where', () => {
  test.each([
    ['', 'canonical/syntax  0'],
    ['  ', 'canonical/syntax  2'],
    ['\ufeff{}', 'canonical/syntax  0'],
    ['{"a":1,}', 'canonical/syntax  7'],
    ['{"a" 1}', 'canonical/syntax /a 5'],
    ['{"a":1 "b":2}', 'canonical/syntax  7'],
    ['{a:1}', 'canonical/syntax  1'],
    ["{'a':1}", 'canonical/syntax  1'],
    ['{"a":', 'canonical/syntax /a 5'],
    ['[1,]', 'canonical/syntax /1 3'],
    ['[1 2]', 'canonical/syntax  3'],
    ['[1', 'canonical/syntax  2'],
    ['[,1]', 'canonical/syntax /0 1'],
    ['{"a":[0,tru]}', 'canonical/syntax /a/1 8'],
    ['nul', 'canonical/syntax  0'],
    ['NaN', 'canonical/syntax  0'],
    ['+1', 'canonical/syntax  0'],
    ['.5', 'canonical/syntax  0'],
    ['-', 'canonical/syntax  0'],
    ['"a', 'canonical/syntax  2'],
    ['"a\nb"', 'canonical/syntax  2'],
    ['"\\x41"', 'canonical/syntax  1'],
    ['"\\u12g4"', 'canonical/syntax  1'],
    ['"\\u12', 'canonical/syntax  1'],
    ['"\\', 'canonical/syntax  1'],
    ['[1]/**/', 'canonical/trailing-text  3'],
    ['01', 'canonical/trailing-text  1'],
    ['1.', 'canonical/trailing-text  1'],
    ['1e', 'canonical/trailing-text  1'],
    ['{}{}', 'canonical/trailing-text  2'],
    ['{}\u00a0', 'canonical/trailing-text  2'],
    ['nullx', 'canonical/trailing-text  4'],
    ['{"a":{"k":1,"l":2,"k":3}}', 'canonical/duplicate-key /a/k 18'],
    ['{"a":1,"\\u0061":1}', 'canonical/duplicate-key /a 7'],
    ['{"a":1,"a":1}', 'canonical/duplicate-key /a 7'],
    ['{"__proto__":{}}', 'canonical/forbidden-key /__proto__ 1'],
    ['[{"\\u005f_proto__":{}}]', 'canonical/forbidden-key /0/__proto__ 2'],
    ['{"a":{"constructor":1}}', 'canonical/forbidden-key /a/constructor 6'],
    ['{"prototype":1}', 'canonical/forbidden-key /prototype 1'],
    ['{"a/b~c":["\\ud800"]}', 'canonical/lone-surrogate /a~1b~0c/0 10'],
    ['"\\udc00\\ud800"', 'canonical/lone-surrogate  0'],
    ['"\ud83d"', 'canonical/lone-surrogate  0'],
    ['{"\\uDFFF":1}', 'canonical/lone-surrogate  1'],
    ['9007199254740992', 'canonical/number-out-of-range  0'],
    ['[-9007199254740993]', 'canonical/number-out-of-range /0 1'],
    ['1e30', 'canonical/number-out-of-range  0'],
    ['1.7976931348623157e308', 'canonical/number-out-of-range  0'],
    ['1e400', 'canonical/number-out-of-range  0'],
    ['-1e400', 'canonical/number-out-of-range  0'],
    ['1e-400', 'canonical/number-out-of-range  0'],
    [`${'['.repeat(65)}`, `canonical/too-deep ${'/0'.repeat(64)} 64`],
    [`${'{"a":'.repeat(65)}`, `canonical/too-deep ${'/a'.repeat(64)} 320`],
    [`"${'x'.repeat(1_048_575)}"`, 'canonical/too-large  -1'],
    [`"${'碳'.repeat(349_525)}"`, 'canonical/too-large  -1'],
  ])('%#: %.40s', (text, wanted) => {
    expect(refusal(text)).toBe(wanted);
  });

  test('limits of the caller', () => {
    expect(refusal('[[]]', { maxDepth: 1 })).toBe('canonical/too-deep /0 1');
    expect(refusal('1', { maxDepth: 0 })).toBe('taken');
    expect(refusal('"碳"', { maxBytes: 4 })).toBe('canonical/too-large  -1');
    expect(refusal(utf8('"碳"'), { maxBytes: 4 })).toBe('canonical/too-large  -1');
    expect(refusal('"é😀"', { maxBytes: 7 })).toBe('canonical/too-large  -1');
    expect(refusal('"é😀"', { maxBytes: 8 })).toBe('taken');
  });

  test('bytes that are not UTF-8', () => {
    expect(refusal(new Uint8Array([0x22, 0xc0, 0x80, 0x22]))).toBe('canonical/bad-utf8  1');
  });

  test('a message is short, lower-case and shows what was seen', () => {
    const long = `{"${'k'.repeat(5000)}":1,"${'k'.repeat(5000)}":2}`;
    expect(() => parseStrict(long)).toThrow(/^the key "k{40,60}\.\.\." stands twice in one object \(at /);
    expect(() => parseStrict('[1;2]')).toThrow(`expected ',' or ']', found ";2]" (at the root, offset 2)`);
  });

  test('no text makes it throw anything else', () => {
    const mess = fc.string({
      unit: fc.constantFrom(...'{}[]",:\\u0d8e+-.1tfn '.split(''), 'true', '"a"', '\ud800'),
    });
    fc.assert(
      fc.property(mess, (text) => {
        let native = true;
        try {
          JSON.parse(text);
        } catch {
          native = false;
        }
        const isTaken = refusal(text) === 'taken';
        if (isTaken) expect(native).toBe(true);
        if (native && !isTaken) expect(refusal(text)).toMatch(/out-of-range|duplicate-key|lone-surrogate/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('isCanonical', () => {
  test('only the one form', () => {
    expect(isCanonical(utf8('{"a":[1,"é"],"b":0.5}'))).toBe(true);
    for (const text of [
      '{"b":1,"a":1}',
      '{"a": 1}',
      '1.0',
      '"\\u00e9"',
      '-0',
      '{"a":1}\n',
      '{"a":1,"a":1}',
      '[',
      '',
    ]) {
      expect([text, isCanonical(utf8(text))]).toEqual([text, false]);
    }
    expect(isCanonical(new Uint8Array([0x22, 0xff, 0x22]))).toBe(false);
    expect(isCanonical(utf8('[[]]'), { maxDepth: 1 })).toBe(false);
  });

  test('every canonical form within the limits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.constantFrom('a', 'b', '1', '10', '碳'), fc.string({ unit: 'grapheme' }))),
        (value) => expect(isCanonical(canonicalBytes(value))).toBe(true),
      ),
    );
  });
});

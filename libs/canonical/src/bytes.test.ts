import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  CanonicalError,
  concat,
  contentId,
  contentIdBytes,
  equalBytes,
  fromBase64,
  fromBase64url,
  fromHex,
  fromUtf8,
  isContentId,
  sha256,
  toBase64,
  toBase64url,
  toHex,
  utf8,
} from './index.ts';

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof CanonicalError) return error.code;
    throw error;
  }
  return 'taken';
}

const anyBytes = fc.uint8Array({ maxLength: 70 });

describe('RFC 4648 §10 vectors', () => {
  test.each([
    ['', '', ''],
    ['f', 'Zg==', '66'],
    ['fo', 'Zm8=', '666f'],
    ['foo', 'Zm9v', '666f6f'],
    ['foob', 'Zm9vYg==', '666f6f62'],
    ['fooba', 'Zm9vYmE=', '666f6f6261'],
    ['foobar', 'Zm9vYmFy', '666f6f626172'],
  ])('%s', (text, base64, hex) => {
    expect(toBase64(utf8(text))).toBe(base64);
    expect(fromBase64(base64)).toEqual(utf8(text));
    expect(toBase64url(utf8(text))).toBe(base64.replaceAll('=', ''));
    expect(toHex(utf8(text))).toBe(hex);
    expect(fromHex(hex)).toEqual(utf8(text));
  });
});

test('encodings equal those of Node, and lead back', () => {
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }),
  );
});

describe('strict decoders: one text form per byte sequence', () => {
  test.each([
    'Zg',
    'Zg=',
    'Zg===',
    'Zh==',
    'Zm9=',
    'Zm=9',
    '=Zm9',
    '====',
    '==',
    'Zm9v\n',
    ' Zm9v',
    'Zm-_',
    'Zm9vZ',
    '碳碳碳碳',
  ])('base64 %j', (text) => expect(refusal(() => fromBase64(text))).toBe('canonical/bad-encoding'));
  test.each(['Zg==', 'Zh', 'Zm9', 'Z', 'Zm9vZ', 'Zm+/', 'Zg\n', '😀'])('base64url %j', (text) =>
    expect(refusal(() => fromBase64url(text))).toBe('canonical/bad-encoding'),
  );
  test.each(['0', 'AB', '0x00', 'zz', ' 00', '00\n'])('hex %j', (text) =>
    expect(refusal(() => fromHex(text))).toBe('canonical/bad-encoding'),
  );

  test('whatever base64url is taken is what would be written', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'ABCDwxyz0189-_=+/'.split('')), maxLength: 8 });
    fc.assert(
      fc.property(digits, (text) => {
        if (refusal(() => fromBase64url(text)) === 'taken')
          expect(toBase64url(fromBase64url(text))).toBe(text);
        if (refusal(() => fromBase64(text)) === 'taken') expect(toBase64(fromBase64(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('UTF-8', () => {
  test('equal to the platform’s, and leads back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(utf8(text)).toEqual(new Uint8Array(Buffer.from(text)));
        expect(fromUtf8(utf8(text))).toBe(text);
      }),
    );
  });

  test('long texts cross chunk borders', () => {
    const text = `${'x'.repeat(8191)}碳😀${'y'.repeat(20_000)}é`;
    expect(fromUtf8(utf8(text))).toBe(text);
  });

  test('a byte order mark is kept as a character', () => {
    expect(fromUtf8(new Uint8Array([0xef, 0xbb, 0xbf]))).toBe('\ufeff');
  });

  test('every sequence of up to three bytes is judged as the platform’s strict decoder does', () => {
    const platform = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const edges = [
      0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
      0xef,
    ];
    edges.push(0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff);
    const judge = (bytes: Uint8Array) => {
      let wanted = 'canonical/bad-utf8';
      try {
        wanted = platform.decode(bytes);
      } catch {}
      let seen = '';
      const code = refusal(() => {
        seen = fromUtf8(bytes);
      });
      return (code === 'taken' ? seen : code) === wanted;
    };
    for (const a of edges) {
      for (const b of edges) {
        for (const c of edges) {
          const bytes = new Uint8Array([a, b, c]);
          if (!judge(bytes)) throw new Error(`judged otherwise: ${toHex(bytes)}`);
          for (const d of [0x7f, 0x80, 0xbf, 0xc0]) {
            if (!judge(new Uint8Array([a, b, c, d])))
              throw new Error(`judged otherwise: ${toHex(bytes)} ${d}`);
          }
        }
      }
    }
  });

  test('half a surrogate pair has no bytes', () => {
    expect(refusal(() => utf8('a\ud800'))).toBe('canonical/lone-surrogate');
    expect(refusal(() => utf8('\udc00\ud800'))).toBe('canonical/lone-surrogate');
  });
});

describe('content ids', () => {
  test('FIPS 180-4: SHA-256 of "abc"', () => {
    const hex = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(toHex(sha256(utf8('abc')))).toBe(hex);
    expect(contentId(utf8('abc'))).toBe(`sha256:${hex}`);
    expect(toHex(contentIdBytes(`sha256:${hex}`))).toBe(hex);
  });

  test('equal to Node', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) =>
        expect(toHex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex')),
      ),
    );
  });

  test('their form', () => {
    const id = contentId(utf8(''));
    expect(isContentId(id)).toBe(true);
    for (const other of [id.toUpperCase(), id.slice(0, -1), `${id}0`, `${id}\n`, id.slice(7), null, 7]) {
      expect(isContentId(other)).toBe(false);
    }
    expect(refusal(() => contentIdBytes('sha256:00'))).toBe('canonical/bad-encoding');
  });
});

test('concat and equalBytes', () => {
  const a = new Uint8Array([1, 2]);
  expect(concat(a, new Uint8Array(0), a)).toEqual(new Uint8Array([1, 2, 1, 2]));
  expect(equalBytes(a, new Uint8Array([1, 2]))).toBe(true);
  expect(equalBytes(a, new Uint8Array([1]))).toBe(false);
  expect(equalBytes(a, new Uint8Array([1, 3]))).toBe(false);
});

// The page's own primitives against noble's and the published vectors: they must agree on everything, above all on what
// they refuse.
import { mulAddUnsafe as nobleMulAdd } from '@noble/curves/abstract/curve.js';
import { weierstrass as nobleWeierstrass } from '@noble/curves/abstract/weierstrass.js';
import { ed25519 as noble } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 as nobleSha256, sha512 as nobleSha512 } from '@noble/hashes/sha2.js';
import { keccak_256 as nobleKeccak } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from './bytes.ts';
import { ed25519 } from './ed25519.ts';
import { sha256, sha512 } from './sha2.ts';
import { keccak_256 } from './sha3.ts';
import { mulAddUnsafe, weierstrass } from './weierstrass.ts';

const bytes = (length: number) => Uint8Array.from({ length }, (_, at) => (at * 31 + length) & 0xff);
const hashes = [
  ['SHA-256', sha256, nobleSha256],
  ['SHA-512', sha512, nobleSha512],
  ['Keccak-256', keccak_256, nobleKeccak],
] as const;

describe.each(hashes)('%s', (_, ours, theirs) => {
  test('every length around the blocks', () => {
    for (let length = 0; length <= 300; length++)
      expect(bytesToHex(ours(bytes(length)))).toBe(bytesToHex(theirs(bytes(length))));
    expect(bytesToHex(ours(bytes(30_000)))).toBe(bytesToHex(theirs(bytes(30_000))));
  });
});

test('known digests: FIPS 180-4 "abc", Keccak of nothing', () => {
  expect(bytesToHex(sha256(utf8ToBytes('abc')))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(bytesToHex(keccak_256(new Uint8Array()))).toBe(
    'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
  );
});

test('bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(hexToBytes(bytesToHex(a))).toEqual(Uint8Array.from(a));
      expect(concatBytes(a, b)).toEqual(Uint8Array.of(...a, ...b));
    }),
  );
});

describe('Ed25519', () => {
  const strict = { zip215: false } as const;
  const agree = (signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean => {
    const ours = ed25519.verify(signature, message, key, strict);
    expect(ours).toBe(noble.verify(signature, message, key, strict));
    return ours;
  };

  // RFC 8032 §7.1, tests 1 to 3: public key, message, signature
  test.each([
    [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ])('RFC 8032 §7.1 %s', (key, message, signature) => {
    expect(agree(hexToBytes(signature), hexToBytes(message), hexToBytes(key))).toBe(true);
  });

  test('a changed byte anywhere is refused, as by noble', () => {
    const secret = bytes(32);
    const key = noble.getPublicKey(secret);
    const message = utf8ToBytes('anchorleaf');
    const signature = noble.sign(message, secret);
    expect(agree(signature, message, key)).toBe(true);
    for (let at = 0; at < 64; at++) {
      const changed = Uint8Array.from(signature);
      changed[at]! ^= 1 << (at % 8);
      expect(agree(changed, message, key)).toBe(false);
    }
  }, 60_000);

  test('edges: small order, not canonical, S not reduced, wrong length', () => {
    const message = utf8ToBytes('x');
    const secret = bytes(32);
    const key = noble.getPublicKey(secret);
    const signature = noble.sign(message, secret);
    const L = 2n ** 252n + 27742317777372353535851937790883648493n;
    const addL = Uint8Array.from(signature);
    let s = addL.subarray(32).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n) + L;
    for (let at = 32; at < 64; at++, s >>= 8n) addL[at] = Number(s & 0xffn);
    expect(agree(addL, message, key)).toBe(false);
    const encodings = [
      '00'.repeat(32),
      `01${'00'.repeat(31)}`,
      `01${'00'.repeat(30)}80`,
      `ec${'ff'.repeat(30)}7f`,
      `ec${'ff'.repeat(31)}`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
      'ff'.repeat(32),
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      `02${'00'.repeat(31)}`,
      bytesToHex(key),
    ];
    for (const a of encodings)
      for (const r of encodings)
        for (const tail of ['00'.repeat(32), `01${'00'.repeat(31)}`, bytesToHex(signature.subarray(32))])
          agree(hexToBytes(r + tail), message, hexToBytes(a));
    expect(ed25519.verify(signature.subarray(1), message, key)).toBe(false);
    expect(ed25519.verify(signature, message, key.subarray(1))).toBe(false);
  }, 120_000);

  test('random keys, messages and signatures', () => {
    const any32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(any32, fc.uint8Array({ maxLength: 300 }), any32, any32, (secret, message, r, s) => {
        const key = noble.getPublicKey(secret);
        expect(agree(noble.sign(message, secret), message, key)).toBe(true);
        agree(concatBytes(r, s), message, key);
        agree(noble.sign(message, secret), message, r);
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe('secp256k1', () => {
  const { p, n, h, a, b, Gx, Gy } = secp256k1.Point.CURVE();
  const params = { p, n, h, a, b, Gx, Gy };
  const theirs = nobleWeierstrass(params);
  const ours = weierstrass(params);
  const hexOf = (run: () => Uint8Array) => {
    try {
      return bytesToHex(run());
    } catch {
      return 'refused';
    }
  };

  test('the same sums of multiples, and the same refusals', () => {
    const scalar = fc.bigInt({ min: 0n, max: n - 1n });
    const x = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const prefix = fc.constantFrom(0, 2, 3, 4);
    fc.assert(
      fc.property(x, prefix, scalar, scalar, (at, first, u, v) => {
        const encoded = concatBytes(Uint8Array.of(first), at);
        const our = hexOf(() =>
          mulAddUnsafe(ours, [ours.fromBytes(encoded), ours.BASE], [u, v]).toBytes(false),
        );
        const their = hexOf(() =>
          nobleMulAdd(theirs, [theirs.fromBytes(encoded), theirs.BASE], [u, v]).toBytes(false),
        );
        expect(our).toBe(their);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('edges: the base itself, sums that cancel or double', () => {
    const base = secp256k1.Point.BASE.toBytes(true);
    const cases = [
      [1n, 1n],
      [0n, 1n],
      [1n, 0n],
      [0n, 0n],
      [1n, n - 1n],
      [n - 1n, n - 1n],
      [5n, 7n],
    ] as const;
    for (const [u, v] of cases) {
      const our = hexOf(() => mulAddUnsafe(ours, [ours.fromBytes(base), ours.BASE], [u, v]).toBytes(false));
      const their = hexOf(() =>
        nobleMulAdd(theirs, [theirs.fromBytes(base), theirs.BASE], [u, v]).toBytes(false),
      );
      expect([u, v, our]).toEqual([u, v, their]);
    }
    for (const value of [0n, 5n, 1234567n])
      for (const field of ['inv', 'neg', 'create'] as const)
        if (field !== 'inv' || value > 0n) expect(ours.Fn[field](value)).toBe(theirs.Fn[field](value));
  });
});

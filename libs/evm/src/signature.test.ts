import {
  computeAddress,
  recoverAddress as ethersRecover,
  getAddress,
  hexlify,
  SigningKey,
  Wallet,
} from 'ethers';
import fc from 'fast-check';
import { addressOf, checksumAddress, keccak256, sameAddress } from './address.ts';
import { Point } from './curve.ts';
import { formatData, parseData } from './data.ts';
import { signDigest } from './sign.ts';
import { recoverAddress } from './signature.ts';

const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const secretKey = parseData(`0x${'0b'.repeat(32)}`);
const digest = keccak256(new Uint8Array([1, 2, 3]));
const word = (value: bigint) => value.toString(16).padStart(64, '0');

test('keccak256 of nothing and of "abc" (Keccak team vectors)', () => {
  expect(formatData(keccak256(new Uint8Array()))).toBe(
    '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
  );
  expect(formatData(keccak256(new Uint8Array([97, 98, 99])))).toBe(
    '0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45',
  );
});

test('the addresses of EIP-55 keep their letter case', () => {
  for (const address of [
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0xde709f2102306220921060314715629080e2fb77',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  ]) {
    expect(checksumAddress(address)).toBe(address);
    expect(checksumAddress(address.toLowerCase())).toBe(address);
    expect(sameAddress(address, address.toLowerCase())).toBe(true);
    expect(sameAddress(address, `${address.slice(0, -1)}0`)).toBe(false);
  }
});

test('what is no address equals nothing, not even itself', () => {
  expect(sameAddress('nobody', 'nobody')).toBe(false);
  expect(sameAddress('', '')).toBe(false);
});

test.each([
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD',
  '5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
  '0x',
  '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae',
  null as never,
])('address %p is refused', (address) => {
  expect(() => checksumAddress(address)).toThrow(expect.objectContaining({ code: 'evm/malformed-address' }));
});

test('addresses, signatures and recovery agree with ethers for random keys and digests', () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(
      bytes32,
      bytes32.filter((key) => BigInt(formatData(key)) % N !== 0n && BigInt(formatData(key)) < N),
      (hash, key) => {
        const signature = signDigest(hash, key);
        expect(addressOf(key)).toBe(computeAddress(new SigningKey(key)));
        expect(signature).toBe(new SigningKey(key).sign(hash).serialized);
        expect(recoverAddress(hash, signature)).toBe(addressOf(key));
        expect(checksumAddress(addressOf(key).toLowerCase())).toBe(getAddress(addressOf(key).toLowerCase()));
      },
    ),
    { numRuns: 60 },
  );
});

test('a signature of a wallet recovers its address', async () => {
  const wallet = new Wallet(hexlify(secretKey));
  const domain = { name: 'x', chainId: 1n };
  const types = { T: [{ name: 'a', type: 'uint8' }] };
  const { typedDataDigest } = await import('./typed-data.ts');
  const signature = await wallet.signTypedData(domain, types, { a: 7n });
  expect(recoverAddress(typedDataDigest(domain, types, 'T', { a: 7n }), signature)).toBe(wallet.address);
});

describe('what is no signature recovers nothing', () => {
  const good = signDigest(digest, secretKey);
  const r = BigInt(`0x${good.slice(2, 66)}`);
  const s = BigInt(`0x${good.slice(66, 130)}`);
  const v = Number.parseInt(good.slice(130), 16);
  const make = (r: bigint, s: bigint, v: number) =>
    `0x${word(r)}${word(s)}${v.toString(16).padStart(2, '0')}`;

  test('the untouched one recovers', () => {
    expect(recoverAddress(digest, make(r, s, v))).toBe(addressOf(secretKey));
    expect(recoverAddress(digest, make(r, s, v).toUpperCase().replace('0X', '0x'))).toBe(
      addressOf(secretKey),
    );
  });
  test('the high-s twin, which plain ECDSA recovers to the same address, is refused', () => {
    const twin = make(r, N - s, v === 27 ? 28 : 27);
    expect(() => ethersRecover(digest, twin)).toThrow(); // ethers refuses it as well
    expect(recoverAddress(digest, twin)).toBeNull();
  });
  test.each([
    ['v 0', make(r, s, v - 27)],
    ['v 29', make(r, s, 29)],
    ['r 0', make(0n, s, v)],
    ['s 0', make(r, 0n, v)],
    ['r = n', make(N, s, v)],
    ['s = n', make(r, N, v)],
    ['r beyond the field', make((1n << 256n) - 1n, s, v)],
    ['r without a point', make(5n, s, v)],
    ['64 bytes', good.slice(0, -2)],
    ['66 bytes', `${good}00`],
    ['no 0x', good.slice(2)],
    ['empty', ''],
    ['not text', 7 as never],
  ])('%s', (_, signature) => {
    expect(recoverAddress(digest, signature)).toBeNull();
  });
  test('a flipped bit of the digest or of r and s never recovers the signer', () => {
    for (let bit = 0; bit < 32; bit++) {
      const other = digest.slice();
      other[bit] = (other[bit] ?? 0) ^ (1 << (bit % 8));
      expect(recoverAddress(other, good)).not.toBe(addressOf(secretKey));
      const bytes = parseData(good);
      bytes[2 * bit] = (bytes[2 * bit] ?? 0) ^ (1 << (bit % 8));
      expect(recoverAddress(digest, formatData(bytes))).not.toBe(addressOf(secretKey));
    }
  });
  test('an r between curve order and field, though it is the x of a point', () => {
    const isX = (x: bigint) => {
      try {
        return Point.fromBytes(parseData(`0x02${word(x)}`)) !== null;
      } catch {
        return false;
      }
    };
    let x = N + 1n;
    while (!isX(x)) x++;
    expect(x < Point.Fp.ORDER).toBe(true);
    expect(recoverAddress(digest, make(x, s, 27))).toBeNull();
    expect(recoverAddress(digest, make(x - N, s, 29))).toBeNull(); // how other systems would name it
  });
  test('s is low up to half the order, and not one further', () => {
    const half = N >> 1n;
    expect(recoverAddress(digest, make(r, half, 27))).toBe(ethersRecover(digest, make(r, half, 27)));
    expect(recoverAddress(digest, make(r, half + 1n, 27))).toBeNull();
  });
  test('a signature that recovers the point at infinity', () => {
    // s·R = e·G when R = k·G, s = e/k: Q would be zero, and no key has that address
    const k = 7n;
    const { Fn, BASE } = Point;
    const R = BASE.multiply(k);
    const rx = R.toAffine().x;
    const e = Fn.create(BigInt(formatData(digest)));
    const sInfinity = Fn.div(e, k);
    const flip = sInfinity > N >> 1n;
    const odd = (R.toAffine().y & 1n) === 1n;
    expect(
      recoverAddress(digest, make(rx, flip ? N - sInfinity : sInfinity, odd !== flip ? 28 : 27)),
    ).toBeNull();
  });
  test('a digest of 0 and one beyond the curve order recover as in ethers', () => {
    for (const hash of [new Uint8Array(32), new Uint8Array(32).fill(255)]) {
      const signature = new SigningKey(secretKey).sign(hash).serialized;
      expect(recoverAddress(hash, signature)).toBe(addressOf(secretKey));
      expect(ethersRecover(hash, signature)).toBe(addressOf(secretKey));
    }
  });
  test('a secret key of 0, of the curve order or of 31 bytes is our own bug', () => {
    for (const key of [new Uint8Array(32), parseData(`0x${word(N)}`), new Uint8Array(31).fill(1)])
      expect(() => addressOf(key)).toThrow();
  });
  test('a digest of another length is our own bug', () => {
    expect(() => recoverAddress(new Uint8Array(31), good)).toThrow('32 bytes');
    expect(() => signDigest(new Uint8Array(33), secretKey)).toThrow('32 bytes');
  });
});

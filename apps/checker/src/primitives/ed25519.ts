// Ed25519 verification, RFC 8032 §5.1, for the page. Stands in for @noble/curves/ed25519.js and judges as it does with
// `zip215: false`: canonical encodings only, no key of small order, the equation times the cofactor. Verification sees
// public values alone, so it need not run in constant time; signing is not here.
import { concatBytes } from './bytes.ts';
import { sha512 } from './sha2.ts';

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a: bigint) => ((a % P) + P) % P;

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, mod(base)];
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

/** Extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z. */
type Point = readonly [X: bigint, Y: bigint, Z: bigint, T: bigint];
const ZERO: Point = [0n, 1n, 1n, 0n];

/** §5.1.4; complete, so doubling needs no formula of its own. */
function add([X1, Y1, Z1, T1]: Point, [X2, Y2, Z2, T2]: Point): Point {
  const a = mod((Y1 - X1) * (Y2 - X2));
  const b = mod((Y1 + X1) * (Y2 + X2));
  const c = mod(2n * D * mod(T1 * T2));
  const d = mod(2n * Z1 * Z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

const negate = ([X, Y, Z, T]: Point): Point => [mod(-X), Y, Z, mod(-T)];

/** u·A + v·B: both scalars in one walk of doublings. */
function combine(u: bigint, A: Point, v: bigint, B: Point): Point {
  const sums = [ZERO, A, B, add(A, B)];
  let point = ZERO;
  for (let bit = 253n; bit >= 0n; bit--) {
    point = add(point, point);
    const which = Number(((u >> bit) & 1n) | (((v >> bit) & 1n) << 1n));
    if (which > 0) point = add(point, sums[which]!);
  }
  return point;
}

const isZero = ([X, Y, Z]: Point) => X === 0n && Y === Z;
const timesEight = (point: Point) => [1, 2, 3].reduce((q) => add(q, q), point);

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** §5.1.3; null for what is no point, or one in another than its canonical form. */
function decode(bytes: Uint8Array): Point | null {
  const value = littleEndian(bytes);
  const y = value & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * v ** 3n * power(u * v ** 7n, (P - 5n) / 8n));
  const vxx = mod(v * x * x);
  if (vxx === mod(-u)) x = mod(x * ROOT_OF_MINUS_ONE);
  else if (vxx !== u) return null;
  const sign = value >> 255n;
  if (x === 0n && sign === 1n) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

const BASE = decode(Uint8Array.of(0x58, ...new Uint8Array(31).fill(0x66)))!;

/** §5.1.7: [8][S]B = [8]R + [8][k]A. */
function verify(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
  _options?: unknown,
): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  const A = decode(publicKey);
  const R = decode(signature.subarray(0, 32));
  const S = littleEndian(signature.subarray(32));
  if (!A || !R || S >= L || isZero(timesEight(A))) return false;
  const k = littleEndian(sha512(concatBytes(signature.subarray(0, 32), publicKey, message))) % L;
  return isZero(timesEight(add(combine(S, BASE, k, negate(A)), negate(R))));
}

export const ed25519 = { verify };

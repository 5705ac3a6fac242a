// Points of y² = x³ + 7 for recovering a signer, for the page. Stands in for the two modules of @noble/curves that
// libs/evm/src/curve.ts and signature.ts build on, as far as they use them. Public values alone, so not in constant time.
import { bytesToHex, concatBytes, hexToBytes } from './bytes.ts';

type Params = {
  readonly p: bigint;
  readonly n: bigint;
  readonly b: bigint;
  readonly Gx: bigint;
  readonly Gy: bigint;
};

/** A prime field, as far as it is needed. */
function field(order: bigint) {
  const create = (a: bigint) => ((a % order) + order) % order;
  const power = (base: bigint, exponent: bigint): bigint => {
    let [result, square] = [1n, create(base)];
    for (let e = exponent; e > 0n; e >>= 1n) {
      if (e & 1n) result = create(result * square);
      square = create(square * square);
    }
    return result;
  };
  return {
    create,
    power,
    mul: (a: bigint, b: bigint) => create(a * b),
    neg: (a: bigint) => create(-a),
    inv: (a: bigint) => power(a, order - 2n),
  };
}

/** Affine would divide at each step; with Z the point is (X/Z², Y/Z³), and Z = 0 is infinity. */
type Jacobian = readonly [X: bigint, Y: bigint, Z: bigint];
type Toolkit = ReturnType<typeof makeToolkit>;

function makeToolkit({ p, b }: Params) {
  const F = field(p);
  const { create: m } = F;
  const double = ([X, Y, Z]: Jacobian): Jacobian => {
    const yy = m(Y * Y);
    const s = m(4n * X * yy);
    const t = m(3n * X * X);
    const x = m(t * t - 2n * s);
    return [x, m(t * (s - x) - 8n * yy * yy), m(2n * Y * Z)];
  };
  const add = (a: Jacobian, c: Jacobian): Jacobian => {
    const [[X1, Y1, Z1], [X2, Y2, Z2]] = [a, c];
    if (Z1 === 0n) return c;
    if (Z2 === 0n) return a;
    const [z1, z2] = [m(Z1 * Z1), m(Z2 * Z2)];
    const [u1, u2] = [m(X1 * z2), m(X2 * z1)];
    const [s1, s2] = [m(Y1 * z2 * Z2), m(Y2 * z1 * Z1)];
    if (u1 === u2) return s1 === s2 ? double(a) : [1n, 1n, 0n];
    const [h, r] = [m(u2 - u1), m(s2 - s1)];
    const hh = m(h * h);
    const hhh = m(h * hh);
    const v = m(u1 * hh);
    const x = m(r * r - hhh - 2n * v);
    return [x, m(r * (v - x) - s1 * hhh), m(h * Z1 * Z2)];
  };
  /** SEC 1 §2.3.4, compressed form; p ≡ 3 mod 4. */
  const decode = (bytes: Uint8Array): Jacobian => {
    const x = BigInt(`0x${bytesToHex(bytes.subarray(1))}`);
    const yy = m(x * x * x + b);
    const y = F.power(yy, (p + 1n) / 4n);
    if (bytes.length !== 33 || (bytes[0] !== 2 && bytes[0] !== 3) || x >= p || m(y * y) !== yy)
      throw new Error('no such point');
    return [x, (y & 1n) === BigInt(bytes[0]! & 1) ? y : p - y, 1n];
  };
  const encode = ([X, Y, Z]: Jacobian): Uint8Array => {
    if (Z === 0n) throw new Error('the point at infinity has no bytes');
    const inverse = F.inv(Z);
    const square = m(inverse * inverse);
    const word = (value: bigint) => hexToBytes(value.toString(16).padStart(64, '0'));
    return concatBytes(Uint8Array.of(4), word(m(X * square)), word(m(Y * square * inverse)));
  };
  return { add, double, decode, encode };
}

export class CurvePoint {
  readonly at: Jacobian;
  readonly kit: Toolkit;
  constructor(at: Jacobian, kit: Toolkit) {
    this.at = at;
    this.kit = kit;
  }

  toBytes(_compressed: false): Uint8Array {
    return this.kit.encode(this.at);
  }
}

export function weierstrass(params: Params) {
  const kit = makeToolkit(params);
  return {
    Fn: field(params.n),
    BASE: new CurvePoint([params.Gx, params.Gy, 1n], kit),
    fromBytes: (bytes: Uint8Array) => new CurvePoint(kit.decode(bytes), kit),
  };
}

/** Σ scalar·point of two points, in one walk of doublings. */
export function mulAddUnsafe(
  _curve: unknown,
  [A, B]: readonly [CurvePoint, CurvePoint],
  [u, v]: readonly [bigint, bigint],
): CurvePoint {
  const { kit } = A;
  const infinity: Jacobian = [1n, 1n, 0n];
  const sums = [infinity, A.at, B.at, kit.add(A.at, B.at)];
  let point = infinity;
  for (let bit = 255n; bit >= 0n; bit--) {
    point = kit.double(point);
    const which = Number(((u >> bit) & 1n) | (((v >> bit) & 1n) << 1n));
    if (which > 0) point = kit.add(point, sums[which]!);
  }
  return new CurvePoint(point, kit);
}

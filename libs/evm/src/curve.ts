// The curve secp256k1 (SEC 2 §2.4.1). Built here from the point arithmetic of noble, so that a checker in a page does
// not carry DER, HMAC and signing along; signing itself takes noble's finished ECDSA (sign.ts).
import { weierstrass } from '@noble/curves/abstract/weierstrass.js';

export const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export const Point = /* @__PURE__ */ weierstrass({
  p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn,
  n: CURVE_ORDER,
  h: 1n,
  a: 0n,
  b: 7n,
  Gx: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  Gy: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
});

// Stands in for @noble/curves/secp256k1.js, which the rooms use to sign: a page never does, and no code of it reaches this.
export const secp256k1: Readonly<Record<string, never>> = {};

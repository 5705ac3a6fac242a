// Who is in the golden world, with fixed keys: the same bytes come out every time.
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256, utf8 } from '#lib/canonical';
import { addressOf } from '#lib/evm';

/** 32 bytes that look random and are the same every time. */
export const seed = (name: string): Uint8Array => sha256(utf8(`anchorleaf golden ${name}`));

const keyPair = (name: string) => ({ secret: seed(name), public: ed25519.getPublicKey(seed(name)) });

export const KEYS = {
  issuer: keyPair('issuer key 1'),
  /** After a change of keys. */
  next: keyPair('issuer key 2'),
  recovery: keyPair('issuer recovery'),
  log: keyPair('log'),
  mint: seed('issuer mint key'),
  body: seed('body key'),
  registrar: seed('registrar key'),
};
export const ADDRESSES = {
  issuer: addressOf(KEYS.mint),
  body: addressOf(KEYS.body),
  registrar: addressOf(KEYS.registrar),
};

export const HOST = 'ledger.example';
export const ORIGIN = `${HOST}/log`;
export const OPERATOR = `did:web:${HOST}`;
export const DID = `did:web:${HOST}:o:plates`;
export const KID = `${DID}#key-1`;
export const FACILITY = `${DID}#facility-1`;

export const GTIN = '09506000134352';
export const PRODUCT = `https://id.gs1.org/01/${GTIN}`;
export const LOT = 'L2026-11';
export const SERIALS = ['2B8C4D6E', '7K3M9QXW', 'ZZ9PQR5T'];
export const CODE = `/01/${GTIN}/10/${LOT}`;
export const ITEM_CODE = `${CODE}/21/${SERIALS[1]}`;

export const NOW = '2026-11-25T11:00:00Z';
export const PERIOD = { start: '2025-10-31T16:00:00Z', end: '2026-10-31T16:00:00Z' };
export const PRODUCED = { producedFrom: '2026-10-31T16:00:00Z', producedUntil: '2026-11-10T16:00:00Z' };
/** In October and November 2026, 10 o'clock at the factory. */
export const on = (day: string) => `2026-${day}T02:00:00Z`;

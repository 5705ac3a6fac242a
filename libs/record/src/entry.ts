// Entries: small public receipts, the leaves of the log (docs/formats/entry.md). An entry says that its issuer had a
// content at a stated time; it holds no volume, name or free text.
import { ed25519 } from '@noble/curves/ed25519.js';
import {
  CanonicalError,
  type ContentId,
  canonicalBytes,
  concat,
  fromBase64url,
  type JsonValue,
  parseCanonical,
  sha256,
  toBase64url,
  utf8,
} from '#lib/canonical';
import { RecordError, shown } from './errors.ts';
import { ENTRY_KINDS, type EntryKind, isSignedKind } from './kinds.ts';
import {
  and,
  BASE64URL_32,
  BASE64URL_64,
  CONTENT_ID,
  DID,
  HEX32,
  list,
  match,
  object,
  oneOf,
  type Rule,
  TIME,
} from './rule.ts';

/** Of the canonical bytes: entry tiles hold lengths in 16 bits (C2SP tlog-tiles). */
export const MAX_ENTRY_BYTES = 65_535;

/** To a content document or file by its content id, or to an entry by its leaf hash in hex. */
export type EntryRef =
  | { readonly rel: string; readonly content: ContentId }
  | { readonly rel: string; readonly entry: string };

export type EntrySignature =
  | {
      /** A key of the issuer, or of its delegate: `{did}#{fragment}`. */
      readonly kid: string;
      readonly alg: 'EdDSA';
      /** base64url of 64 bytes. */
      readonly value: string;
    }
  | {
      /** `eip155:{chain id}:{address}` (CAIP-10). */
      readonly kid: string;
      readonly alg: 'EIP712';
      /** Signature of the typed data in the opinion document, `0x` hex. */
      readonly value: string;
    };

export type UnsignedEntry = {
  readonly kind: EntryKind;
  /** `blindSubject` of what it is about. */
  readonly subject: string;
  /** DID of who says it. */
  readonly issuer: string;
  /** Stated by the issuer; what is provable are the anchors around it. */
  readonly time: string;
  readonly content: ContentId;
  /** By `rel`, then by value; none twice. */
  readonly refs: readonly EntryRef[];
};
export type Entry = UnsignedEntry & { readonly sig?: EntrySignature };

export type EntrySigner =
  /** Ed25519 over the bytes given, 64 bytes. */
  | { readonly kid: string; readonly sign: (message: Uint8Array) => Uint8Array }
  /** The body's signature, made before the entry. */
  | { readonly kid: string; readonly eip712: string };

const SIGNING_CONTEXT = utf8('anchorleaf/entry/v1\n');
/** Entries are flat; anything deep is not one. */
const MAX_DEPTH = 8;
const MAX_REFS = 512;

const REF = object({
  rel: match(/^[a-z][a-z-]{0,31}$/, 'a name of lower-case letters'),
  'content?': CONTENT_ID,
  'entry?': HEX32,
});
const SIGNATURE = object({
  kid: match(
    /^(?:did:[^\s#]{1,400}#[A-Za-z0-9._-]{1,64}|eip155:[1-9][0-9]{0,31}:0x[0-9a-fA-F]{40})$/,
    'a key id',
  ),
  alg: oneOf('EdDSA', 'EIP712'),
  value: match(/^[\x21-\x7e]{1,5000}$/, 'a signature'),
});
const EDDSA_VALUE = BASE64URL_64;
const EIP712_VALUE = match(/^0x(?:[0-9a-f]{2}){65,2048}$/, '0x and at least 65 bytes in lower-case hex');
const FORM = and(
  object({
    kind: match(/^[a-z]{1,32}\/v[0-9]{1,3}$/, 'a kind'),
    subject: BASE64URL_32,
    issuer: DID,
    time: TIME,
    content: CONTENT_ID,
    refs: list(REF, MAX_REFS),
    'sig?': SIGNATURE,
  }),
  (entry) => {
    for (const [i, ref] of entry.refs.entries()) {
      if ((ref.content === undefined) === (ref.entry === undefined)) {
        throw new RecordError(
          'record/malformed',
          `/refs/${i}`,
          'a reference leads to a content or to an entry, not both',
        );
      }
    }
  },
) as Rule<unknown> as Rule<Entry>;

/** base64url(SHA-256(JCS([nonce, subject id]))): links an entry to its subject only for who has the document. */
export function blindSubject(nonce: string, subjectId: string): string {
  return toBase64url(sha256(canonicalBytes([nonce, subjectId])));
}

/** What an Ed25519 signature is over: utf8("anchorleaf/entry/v1\n") ‖ JCS(entry without `sig`). */
export function signingBytes({ kind, subject, issuer, time, content, refs }: UnsignedEntry): Uint8Array {
  // members in canonical order, so that the canonical writer has nothing to sort
  return concat(SIGNING_CONTEXT, canonicalBytes({ content, issuer, kind, refs, subject, time }));
}

/**
 * An entry in its form: references in order, signed if its kind carries authority. Throws RecordError as
 * `checkEntryForm`, and `record/entry-too-long`.
 */
export function makeEntry(input: UnsignedEntry, signer?: EntrySigner): Entry {
  const { kind, subject, issuer, time, content } = input;
  const refs = input.refs.map(orderedRef).sort((a, b) => (refKey(a) < refKey(b) ? -1 : 1));
  const head = { content, issuer, kind, refs };
  const sig = signer === undefined ? {} : { sig: signatureOf({ ...head, subject, time }, signer) };
  const entry = { ...head, ...sig, subject, time };
  entryBytes(checkEntryForm(entry));
  return entry;
}

/** The RFC 8785 bytes that are hashed into the log. Throws `record/entry-too-long`. */
export function entryBytes(entry: Entry): Uint8Array {
  const bytes = canonicalBytes(entry);
  if (bytes.length > MAX_ENTRY_BYTES) throw tooLong(bytes.length);
  return bytes;
}

/**
 * An entry from the log's bytes, which are attacker-controlled. Throws RecordError: `record/not-canonical` unless the
 * bytes are the one form of what they say, `record/entry-too-long`, and as `checkEntryForm`. Signatures are not checked.
 */
export function parseEntry(bytes: Uint8Array): Entry {
  if (bytes.length > MAX_ENTRY_BYTES) throw tooLong(bytes.length);
  let value: JsonValue;
  try {
    value = parseCanonical(bytes, { maxBytes: MAX_ENTRY_BYTES, maxDepth: MAX_DEPTH });
  } catch (cause) {
    if (!(cause instanceof CanonicalError)) throw cause;
    const message = `the entry is not canonical JSON: ${cause.message}`;
    throw new RecordError('record/not-canonical', cause.pointer, message, { cause });
  }
  return checkEntryForm(value);
}

/**
 * Checks an entry's form, and which kinds are signed how and by whom. Throws RecordError: `record/malformed`,
 * `record/unknown-kind`, `record/unsorted-references`, `record/missing-reference`, `record/missing-signature`,
 * `record/unexpected-signature`, `record/foreign-signature`.
 */
export function checkEntryForm(value: JsonValue): Entry {
  const entry = FORM(value, '');
  const { kind, refs, sig } = entry;
  if (!ENTRY_KINDS.includes(kind)) {
    throw new RecordError('record/unknown-kind', '/kind', `no entry kind ${shown(kind)} is known here`);
  }
  for (let i = 1; i < refs.length; i++) {
    if (refKey(refs[i - 1]!) >= refKey(refs[i]!)) {
      const message = 'references stand by rel, then by value, and none stands twice; sort them';
      throw new RecordError('record/unsorted-references', `/refs/${i}`, message);
    }
  }
  checkRels(entry);
  if (isSignedKind(kind)) checkSigner(entry);
  else if (sig !== undefined) {
    throw new RecordError(
      'record/unexpected-signature',
      '/sig',
      `an entry of kind ${kind} is not signed; remove sig`,
    );
  }
  return entry;
}

/**
 * Whether an Ed25519 public key (32 bytes) made this entry's signature; strict RFC 8032. False for any other
 * algorithm: an EIP-712 signature is over the opinion document and is checked there. Whether the key was the
 * issuer's then is the key history's answer (`judgeKeys`).
 */
export function checkEntrySignature(entry: Entry, publicKey: Uint8Array): boolean {
  if (entry.sig?.alg !== 'EdDSA') return false;
  return ed25519.verify(fromBase64url(entry.sig.value), signingBytes(entry), publicKey, { zip215: false });
}

function signatureOf(entry: UnsignedEntry, signer: EntrySigner): EntrySignature {
  if ('eip712' in signer) return { alg: 'EIP712', kid: signer.kid, value: signer.eip712 };
  return { alg: 'EdDSA', kid: signer.kid, value: toBase64url(signer.sign(signingBytes(entry))) };
}

/** The signature must be by a key of the issuer; another's key needs a delegation that the entry names. */
function checkSigner({ kind, issuer, refs, sig }: Entry): void {
  if (sig === undefined) {
    throw new RecordError(
      'record/missing-signature',
      '/sig',
      `an entry of kind ${kind} is signed by its issuer`,
    );
  }
  const isOpinion = kind === 'opinion/v1';
  const alg = isOpinion ? 'EIP712' : 'EdDSA';
  if (sig.alg !== alg)
    throw foreign('/sig/alg', `an entry of kind ${kind} is signed with ${alg}, got ${sig.alg}`);
  (isOpinion ? EIP712_VALUE : EDDSA_VALUE)(sig.value, '/sig/value');
  const signer = isOpinion ? `did:pkh:${sig.kid}` : sig.kid.split('#')[0];
  const isDelegable = !isOpinion && kind !== 'key/v1' && kind !== 'delegation/v1';
  const isDelegated = isDelegable && refs.some(({ rel }) => rel === 'delegation');
  if (signer !== issuer && !isDelegated) {
    const remedy = isDelegable ? '; name its delegation in refs' : '';
    throw foreign('/sig/kid', `the key ${shown(sig.kid)} is not one of the issuer ${shown(issuer)}${remedy}`);
  }
}

/** References without which an entry of its kind says nothing, and the one that only manifests may have. */
function checkRels({ kind, refs }: Entry): void {
  const needed =
    kind === 'import/v1' ? ['covers'] : kind === 'credential/v1' ? ['footprint', 'key', 'passport'] : [];
  for (const rel of needed) {
    if (!refs.some((ref) => ref.rel === rel)) {
      throw new RecordError(
        'record/missing-reference',
        '/refs',
        `an entry of kind ${kind} needs a reference ${rel}`,
      );
    }
  }
  for (const [i, ref] of refs.entries()) {
    if (ref.rel === 'covers' && (kind !== 'import/v1' || !('entry' in ref))) {
      const message = 'covers leads from an import/v1 entry to the leaf hash of an entry';
      throw new RecordError('record/malformed', `/refs/${i}`, message);
    }
  }
}

function refKey(ref: EntryRef): string {
  // a space sorts before every character of a rel, so a rel stands before its own extensions
  return `${ref.rel} ${'entry' in ref ? ref.entry : ref.content}`;
}

function orderedRef(ref: EntryRef): EntryRef {
  return 'entry' in ref ? { entry: ref.entry, rel: ref.rel } : { content: ref.content, rel: ref.rel };
}

function foreign(pointer: string, message: string): RecordError {
  return new RecordError('record/foreign-signature', pointer, message);
}

function tooLong(length: number): RecordError {
  const message = `an entry has at most ${MAX_ENTRY_BYTES} bytes, got ${length}; split it`;
  return new RecordError('record/entry-too-long', '', message);
}

// The bundle, docs/formats/bundle.md: one file with everything a check needs. Attacker-controlled throughout.
import {
  CanonicalError,
  type ContentId,
  fromBase64,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrict,
  toBase64,
  toHex,
} from '#lib/canonical';
import type { Salts } from '#lib/disclosure';
import { shown, VerificationError } from './errors.ts';
import { Reader } from './reader.ts';

export const BUNDLE_FORMAT = 'anchorleaf-bundle/v1';
export const MAX_BUNDLE_BYTES = 8 * 1024 * 1024;
const MAX_DEPTH = 64;
/** A tree of 2^64 entries has paths of 64 hashes; a consistency proof is not longer. */
const MAX_PROOF = 64;
const MAX_DOCUMENTS = 6_000;
const MAX_HEADS = 64;

/** Where the record says it lives. A hint: a difference from the reader's root is `root/mismatch`. */
export type Coordinates = {
  readonly chainId: string;
  readonly genesis: string;
  readonly anchor: string;
  readonly bodies: string;
  readonly registry: string;
  readonly logId: string;
  readonly origin: string;
};

export type BundleDocument =
  | { readonly id: ContentId; readonly type: string; readonly doc: JsonObject; readonly salts: Salts }
  /** The text was removed on that day; its entry stays. */
  | { readonly id: ContentId; readonly type: string; readonly erased: string };

/** A head that the chain holds. */
export type BundleHead = {
  readonly sequence: bigint;
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly block: bigint;
  /** Seconds since 1970. */
  readonly time: bigint;
};

export type BundleEntry = {
  /** The canonical bytes, as text. */
  readonly entry: string;
  readonly index: bigint;
  /** Position in `heads` of the first head that covers it; null: only the checkpoint does. */
  readonly head: number | null;
  readonly proof: readonly Uint8Array[];
};

export type Bundle = {
  readonly code: string;
  readonly release: string;
  readonly coordinates: Coordinates;
  readonly credential: string;
  readonly documents: readonly BundleDocument[];
  readonly heads: readonly BundleHead[];
  readonly entries: readonly BundleEntry[];
  readonly checkpoint: string;
  readonly consistency: readonly {
    readonly from: bigint;
    readonly to: bigint;
    readonly proof: readonly Uint8Array[];
  }[];
  readonly item: null | {
    readonly serial: string;
    readonly salt: string;
    readonly index: bigint;
    readonly proof: readonly Uint8Array[];
  };
  /** Which interval the token names; needed to read it in the same batch as the token, and compared with it. */
  readonly registrations: readonly {
    readonly registrar: string;
    readonly body: string;
    readonly index: bigint;
  }[];
};

const reader = new Reader('bundle');

/**
 * Reads a bundle from bytes, text, or a value that was parsed strictly before.
 * @throws VerificationError `bundle/too-large`, `bundle/not-json`, `bundle/unknown-format` when it is no bundle at all;
 *   `bundle/missing-member`, `bundle/malformed` when it says it is one and is not in order
 */
export function readBundle(input: Uint8Array | string | JsonObject): Bundle {
  const value = input instanceof Uint8Array || typeof input === 'string' ? parse(input) : input;
  if (!isJsonObject(value) || typeof value.format !== 'string' || value.format !== BUNDLE_FORMAT)
    throw new VerificationError(
      'bundle/unknown-format',
      '/format',
      `this is no ${BUNDLE_FORMAT}: its format is ${shown(isJsonObject(value) ? value.format : value)}`,
    );
  const given = reader.object(value, '', [
    'format',
    'code',
    'release',
    'coordinates',
    'credential',
    'documents',
    'heads',
    'entries',
    'checkpoint',
    'consistency',
    'item',
    'registrations',
  ]);
  const heads = reader.list(given.heads, '/heads', MAX_HEADS).map(readHead);
  const documents = reader.list(given.documents, '/documents', MAX_DOCUMENTS).map(readDocument);
  const entries = reader
    .list(given.entries, '/entries', MAX_DOCUMENTS)
    .map((entry, at) => readEntry(entry, at, heads.length));
  // one order, so that one bundle has one text
  ascending(heads, ({ size }) => size, '/heads');
  ascending(documents, ({ id }) => id, '/documents');
  ascending(entries, ({ index }) => index, '/entries');
  return {
    code: reader.text(given.code, '/code', 200),
    release: reader.match(given.release, '/release', /^[A-Za-z0-9_-]{8,64}$/, 'the public id of a release'),
    coordinates: readCoordinates(given.coordinates),
    credential: reader.text(given.credential, '/credential', 262_144),
    documents,
    heads,
    entries,
    checkpoint: reader.text(given.checkpoint, '/checkpoint', 65_536),
    consistency: reader.list(given.consistency, '/consistency', MAX_HEADS).map((value, at) => {
      const place = `/consistency/${at}`;
      const { from, to, proof } = reader.object(value, place, ['from', 'to', 'proof']);
      return {
        from: reader.uint64(from, `${place}/from`),
        to: reader.uint64(to, `${place}/to`),
        proof: readProof(proof, `${place}/proof`),
      };
    }),
    item: given.item === null ? null : readItem(given.item),
    registrations: reader.list(given.registrations, '/registrations', 1).map((value, at) => {
      const place = `/registrations/${at}`;
      const { registrar, body, index } = reader.object(value, place, ['registrar', 'body', 'index']);
      return {
        registrar: reader.address(registrar, `${place}/registrar`),
        body: reader.address(body, `${place}/body`),
        index: reader.uint64(index, `${place}/index`),
      };
    }),
  };
}

function parse(input: Uint8Array | string): JsonValue {
  try {
    return parseStrict(input, { maxBytes: MAX_BUNDLE_BYTES, maxDepth: MAX_DEPTH });
  } catch (cause) {
    if (!(cause instanceof CanonicalError)) throw cause;
    const code = cause.code === 'canonical/too-large' ? 'bundle/too-large' : 'bundle/not-json';
    throw new VerificationError(code, cause.pointer, cause.message, { cause });
  }
}

function ascending<T, K extends bigint | string>(list: readonly T[], key: (of: T) => K, at: string): void {
  for (let i = 1; i < list.length; i++)
    if (key(list[i]!) <= key(list[i - 1]!))
      reader.malformed(`${at}/${i}`, 'ascending order, each once', null);
}

function readCoordinates(value: JsonValue | undefined): Coordinates {
  const at = '/coordinates';
  const names = ['chainId', 'genesis', 'anchor', 'bodies', 'registry', 'logId', 'origin'];
  const given = reader.object(value, at, names);
  return {
    chainId: reader.match(given.chainId, `${at}/chainId`, /^[1-9]\d{0,31}$/, 'a chain id as text'),
    genesis: reader.word(given.genesis, `${at}/genesis`),
    anchor: reader.address(given.anchor, `${at}/anchor`),
    bodies: reader.address(given.bodies, `${at}/bodies`),
    registry: reader.address(given.registry, `${at}/registry`),
    logId: reader.word(given.logId, `${at}/logId`),
    origin: reader.text(given.origin, `${at}/origin`, 300),
  };
}

function readDocument(value: JsonValue, position: number): BundleDocument {
  const at = `/documents/${position}`;
  const isErased = isJsonObject(value) && Object.hasOwn(value, 'erased');
  const given = reader.object(
    value,
    at,
    isErased ? ['id', 'type', 'erased'] : ['id', 'type', 'doc', 'salts'],
  );
  const id = reader.contentId(given.id, `${at}/id`);
  const type = reader.match(given.type, `${at}/type`, /^[a-z]{1,20}\/v[1-9]$/, 'a document type');
  if (isErased)
    return {
      id,
      type,
      erased: reader.match(given.erased, `${at}/erased`, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'a time'),
    };
  if (!isJsonObject(given.doc)) return reader.malformed(`${at}/doc`, 'an object', given.doc);
  if (!isJsonObject(given.salts)) return reader.malformed(`${at}/salts`, 'an object', given.salts);
  for (const [pointer, salt] of Object.entries(given.salts)) reader.text(salt, `${at}/salts/${pointer}`, 100);
  return { id, type, doc: given.doc, salts: given.salts as Salts };
}

function readHead(value: JsonValue, position: number): BundleHead {
  const at = `/heads/${position}`;
  const given = reader.object(value, at, ['sequence', 'size', 'root', 'block', 'time']);
  return {
    sequence: reader.uint64(given.sequence, `${at}/sequence`),
    size: reader.uint64(given.size, `${at}/size`),
    root: hexBytes(reader.hash(given.root, `${at}/root`)),
    block: reader.uint64(given.block, `${at}/block`),
    time: reader.uint64(given.time, `${at}/time`),
  };
}

function readEntry(value: JsonValue, position: number, heads: number): BundleEntry {
  const at = `/entries/${position}`;
  const { entry, index, head, proof } = reader.object(value, at, ['entry', 'index', 'head', 'proof']);
  if (head !== null && !(Number.isSafeInteger(head) && (head as number) >= 0 && (head as number) < heads))
    return reader.malformed(`${at}/head`, 'null or a position in heads', head);
  return {
    entry: reader.text(entry, `${at}/entry`, 65_535),
    index: reader.uint64(index, `${at}/index`),
    head: head as number | null,
    proof: readProof(proof, `${at}/proof`),
  };
}

function readItem(value: JsonValue | undefined): NonNullable<Bundle['item']> {
  const given = reader.object(value, '/item', ['serial', 'salt', 'index', 'proof']);
  return {
    serial: reader.text(given.serial, '/item/serial', 40),
    salt: reader.match(given.salt, '/item/salt', /^[A-Za-z0-9_-]{21}[AQgw]$/, 'base64url of 16 bytes'),
    index: reader.uint64(given.index, '/item/index'),
    proof: readProof(given.proof, '/item/proof'),
  };
}

function readProof(value: JsonValue | undefined, at: string): readonly Uint8Array[] {
  return reader.list(value, at, MAX_PROOF).map((hash, i) => {
    const text = reader.match(hash, `${at}/${i}`, /^[A-Za-z0-9+/]{43}=$/, 'base64 of 32 bytes');
    try {
      return fromBase64(text);
    } catch {
      return reader.malformed(`${at}/${i}`, 'base64 of 32 bytes', hash);
    }
  });
}

const hexBytes = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** A bundle as JSON, in the one order; `readBundle` gives it back. */
export function formatBundle(bundle: Bundle): JsonObject {
  const proofOf = (proof: readonly Uint8Array[]) => proof.map(toBase64);
  const heads = [...bundle.heads].sort((a, b) => (a.size < b.size ? -1 : 1));
  const place = (head: number | null) =>
    head === null ? null : heads.indexOf(bundle.heads[head] as BundleHead);
  return {
    format: BUNDLE_FORMAT,
    code: bundle.code,
    release: bundle.release,
    coordinates: { ...bundle.coordinates },
    credential: bundle.credential,
    documents: [...bundle.documents]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((document) => ({ ...document })),
    heads: heads.map(({ sequence, size, root, block, time }) => ({
      sequence: String(sequence),
      size: String(size),
      root: toHex(root),
      block: String(block),
      time: String(time),
    })),
    entries: [...bundle.entries]
      .sort((a, b) => (a.index < b.index ? -1 : 1))
      .map(({ entry, index, head, proof }) => ({
        entry,
        index: String(index),
        head: place(head),
        proof: proofOf(proof),
      })),
    checkpoint: bundle.checkpoint,
    consistency: bundle.consistency.map(({ from, to, proof }) => ({
      from: String(from),
      to: String(to),
      proof: proofOf(proof),
    })),
    item: bundle.item && {
      serial: bundle.item.serial,
      salt: bundle.item.salt,
      index: String(bundle.item.index),
      proof: proofOf(bundle.item.proof),
    },
    registrations: bundle.registrations.map(({ registrar, body, index }) => ({
      registrar,
      body,
      index: String(index),
    })),
  };
}

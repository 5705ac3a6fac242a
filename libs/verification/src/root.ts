// The trust root, docs/formats/root.md: what a reader holds before the record arrives. Never taken from the record.
import {
  CanonicalError,
  fromHex,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseStrict,
} from '#lib/canonical';
import { parseTime } from '#lib/evm';
import { openCheckpoint, parseVerifierKey, type VerifierKey } from '#lib/transparency-log';
import { shown, VerificationError } from './errors.ts';
import { Reader } from './reader.ts';

export const ROOT_FORMAT = 'anchorleaf-root/v1';
const MAX_ROOT_BYTES = 1_048_576;

export type PinnedHead = {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** When the reader learned it, RFC 3339; null if not written down. */
  readonly time: string | null;
};

export type PinnedContract = { readonly address: string; readonly codeHash: string };

export type Root = {
  readonly chain: {
    readonly id: string;
    readonly genesis: string;
    readonly kind: 'test' | 'private' | 'public';
    readonly operator: string | null;
  };
  readonly contracts: {
    readonly anchor: PinnedContract;
    readonly bodies: PinnedContract;
    readonly registry: PinnedContract;
  };
  readonly log: { readonly id: string; readonly origin: string; readonly key: VerifierKey };
  readonly registrars: readonly { readonly address: string; readonly name: string }[];
  readonly authorities: readonly string[];
  readonly methods: readonly string[];
  readonly endpoints: readonly string[];
  readonly head: PinnedHead | null;
  /** Host of the installation that wrote it; its endpoints do not count for other than test ledgers. */
  readonly host: string;
};

const reader = new Reader('root');

/** @throws VerificationError `root/...` */
export function readRoot(input: Uint8Array | string | JsonObject): Root {
  const value = input instanceof Uint8Array || typeof input === 'string' ? parse(input) : input;
  if (!isJsonObject(value) || value.format !== ROOT_FORMAT)
    throw new VerificationError(
      'root/unknown-format',
      '/format',
      `this is no ${ROOT_FORMAT}: its format is ${shown(isJsonObject(value) ? value.format : value)}`,
    );
  const given = reader.object(value, '', [
    'format',
    'chain',
    'contracts',
    'log',
    'registrars',
    'authorities',
    'methods',
    'endpoints',
    'head',
    'host',
  ]);
  const chain = reader.object(given.chain, '/chain', ['id', 'genesis', 'kind', 'operator']);
  const contracts = reader.object(given.contracts, '/contracts', ['anchor', 'bodies', 'registry']);
  const log = reader.object(given.log, '/log', ['id', 'origin', 'key']);
  const origin = reader.text(log.origin, '/log/origin', 300);
  const key = readKey(log.key);
  if (key.name !== origin) reader.malformed('/log/key', `a key with the name ${origin}`, key.name);
  return {
    chain: {
      id: reader.match(chain.id, '/chain/id', /^[1-9]\d{0,31}$/, 'a chain id as text'),
      genesis: reader.word(chain.genesis, '/chain/genesis'),
      kind: reader.oneOf(chain.kind, '/chain/kind', ['test', 'private', 'public']),
      operator: chain.operator === null ? null : reader.text(chain.operator, '/chain/operator', 200),
    },
    contracts: {
      anchor: readContract(contracts.anchor, '/contracts/anchor'),
      bodies: readContract(contracts.bodies, '/contracts/bodies'),
      registry: readContract(contracts.registry, '/contracts/registry'),
    },
    log: { id: reader.word(log.id, '/log/id'), origin, key },
    registrars: reader.list(given.registrars, '/registrars', 1_000).map((value, at) => {
      const { address, name } = reader.object(value, `/registrars/${at}`, ['address', 'name']);
      return {
        address: reader.address(address, `/registrars/${at}/address`),
        name: reader.text(name, `/registrars/${at}/name`, 200),
      };
    }),
    authorities: reader.list(given.authorities, '/authorities', 50).map((value, at) => {
      const address = isJsonObject(value) ? value.address : value;
      return reader.address(address, `/authorities/${at}`);
    }),
    methods: reader
      .list(given.methods, '/methods', 1_000)
      .map((value, at) => reader.contentId(value, `/methods/${at}`)),
    endpoints: reader
      .list(given.endpoints, '/endpoints', 20)
      .map((value, at) =>
        reader.match(value, `/endpoints/${at}`, /^https?:\/\/[\x21-\x7e]{1,500}$/, 'an http address'),
      ),
    head: given.head === null ? null : readHead(given.head, '/head'),
    host: reader.text(given.host, '/host', 300),
  };
}

function parse(input: Uint8Array | string): JsonValue {
  try {
    return parseStrict(input, { maxBytes: MAX_ROOT_BYTES, maxDepth: 16 });
  } catch (cause) {
    if (!(cause instanceof CanonicalError)) throw cause;
    throw new VerificationError('root/not-json', cause.pointer, cause.message, { cause });
  }
}

function readKey(value: JsonValue | undefined): VerifierKey {
  const text = reader.text(value, '/log/key', 500);
  try {
    return parseVerifierKey(text);
  } catch {
    return reader.malformed('/log/key', 'a verifier key (C2SP signed-note)', text);
  }
}

function readContract(value: JsonValue | undefined, at: string): PinnedContract {
  const { address, codeHash } = reader.object(value, at, ['address', 'codeHash']);
  return {
    address: reader.address(address, `${at}/address`),
    codeHash: reader.word(codeHash, `${at}/codeHash`),
  };
}

function readHead(value: JsonValue | undefined, at: string): PinnedHead {
  const { size, root, time } = reader.object(value, at, ['size', 'root', 'time']);
  const text = time === null ? null : reader.text(time, `${at}/time`, 40);
  try {
    if (text !== null) parseTime(text);
  } catch {
    reader.malformed(`${at}/time`, 'a time such as 2026-11-25T11:00:00Z', text);
  }
  return {
    size: reader.uint64(size, `${at}/size`),
    root: fromHex(reader.hash(root, `${at}/root`)),
    time: text,
  };
}

/**
 * A head that the reader holds apart from the root: a checkpoint of the log, or `{size, root, time}` as in a root.
 * @throws VerificationError `head/malformed`, also for a checkpoint that the root's log did not sign
 */
export function readPinnedHead(text: string, root: Root): PinnedHead {
  try {
    if (text.trimStart().startsWith('{')) return readHead(parse(text), '');
    const { size, root: hash } = openCheckpoint(text, root.log.key);
    return { size, root: hash, time: null };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VerificationError('head/malformed', '', `this is no head of ${root.log.origin}: ${why}`, {
      cause,
    });
  }
}

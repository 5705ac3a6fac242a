// The document `opinion/v1` (docs/formats/opinion.md): the signed message, the domain it was signed for, the text of
// the limitations, and the signature. Read once, strictly; everything after compares text with text.
import { isJsonObject, type JsonObject, type JsonValue, pointerToken } from '#lib/canonical';
import { checksumAddress, formatTime, parseData } from '#lib/evm';
import { OpinionError } from './errors.ts';
import {
  COVERAGES,
  DOMAIN_VERSION,
  ENGAGEMENTS,
  LEVELS,
  OPINION_NAME,
  OPINION_TYPES,
  OPINIONS,
  type OpinionMessage,
} from './typed-data.ts';
import { ZERO_WORD } from './words.ts';

export type OpinionDomain = {
  readonly name: string;
  readonly version: string;
  readonly chainId: string;
  readonly verifyingContract: string;
  readonly salt: string;
};

export type OpinionDocument = {
  readonly type: 'opinion/v1';
  readonly nonce: string;
  readonly message: OpinionMessage;
  readonly domain: OpinionDomain;
  /** Empty when there are none; never hideable. */
  readonly limitationsText: string;
  /** The independent reviewer's name, or its digest where it is withheld. */
  readonly reviewer: string | { readonly digest: string };
  readonly names: { readonly body: { readonly zh?: string; readonly en?: string } };
  /** `0x` and 65 bytes for a body's own key, any length for an ERC-1271 wallet. */
  readonly signature: string;
};

const MEANINGS: Partial<Record<string, Readonly<Record<string, string>>>> = {
  coverage: COVERAGES,
  engagement: ENGAGEMENTS,
  level: LEVELS,
  opinion: OPINIONS,
};
const TIMES = ['periodStart', 'periodEnd', 'validFrom', 'validUntil'];
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const UINT = /^(0|[1-9]\d{0,77})$/;

const malformed = (pointer: string, message: string) =>
  new OpinionError('opinion/malformed', pointer, message);

/** The members of an object, all of `names` and no other. */
function members(value: JsonValue | undefined, pointer: string, names: readonly string[]): JsonObject {
  if (!isJsonObject(value)) throw malformed(pointer, 'expected an object');
  for (const name of Object.keys(value))
    if (!names.includes(name)) throw malformed(`${pointer}/${pointerToken(name)}`, 'unknown member');
  for (const name of names) if (!Object.hasOwn(value, name)) throw malformed(`${pointer}/${name}`, 'missing');
  return value;
}

function text(value: JsonValue | undefined, pointer: string): string {
  if (typeof value !== 'string') throw malformed(pointer, 'expected text');
  return value;
}

/** One form for each value, so that equal values are equal text. */
function word(type: string, value: JsonValue | undefined, pointer: string): string {
  const given = text(value, pointer);
  if (type === 'string') return given;
  try {
    if (type === 'address' && checksumAddress(given) === given) return given;
    if (type === 'bytes32' && parseData(given, 32) && given === given.toLowerCase()) return given;
  } catch {
    // refused below, with the place
  }
  if (type.startsWith('uint') && UINT.test(given) && BigInt(given) >> BigInt(type.slice(4)) === 0n)
    return given;
  throw malformed(pointer, `${given.slice(0, 80)} is not a ${type} in its canonical form`);
}

/**
 * Reads an opinion's message: every member, no other, each in its one form; known meanings; periods that are not empty.
 * @throws OpinionError `opinion/malformed`
 */
export function readOpinionMessage(value: JsonValue | undefined, pointer = '/message'): OpinionMessage {
  const types = OPINION_TYPES.Opinion;
  const given = members(
    value,
    pointer,
    types.map(({ name }) => name),
  );
  const read = Object.fromEntries(
    types.map(({ name, type }) => [name, word(type, given[name], `${pointer}/${name}`)]),
  ) as OpinionMessage;
  for (const [name, meanings] of Object.entries(MEANINGS))
    if (meanings && !Object.hasOwn(meanings, read[name as keyof OpinionMessage]))
      throw malformed(`${pointer}/${name}`, `expected one of ${Object.keys(meanings).join(', ')}`);
  for (const name of TIMES) {
    try {
      formatTime(BigInt(read[name as keyof OpinionMessage]));
    } catch {
      throw malformed(`${pointer}/${name}`, 'expected seconds from 1970 to 9999');
    }
  }
  if (read.opinionId === ZERO_WORD) throw malformed(`${pointer}/opinionId`, 'zero stands for no opinion');
  if (!DECIMAL.test(read.number)) throw malformed(`${pointer}/number`, 'expected a decimal such as 0.0512');
  if (BigInt(read.periodStart) >= BigInt(read.periodEnd))
    throw malformed(`${pointer}/periodEnd`, 'not after periodStart');
  if (BigInt(read.validFrom) >= BigInt(read.validUntil))
    throw malformed(`${pointer}/validUntil`, 'not after validFrom');
  return read;
}

/**
 * Reads a whole `opinion/v1` document, plain or with its reviewer withheld. Signature and claims are not checked here.
 * @throws OpinionError `opinion/malformed`
 */
export function readOpinion(value: JsonValue): OpinionDocument {
  const names = ['type', 'nonce', 'message', 'domain', 'limitationsText', 'reviewer', 'names', 'signature'];
  const given = members(value, '', names);
  if (given.type !== 'opinion/v1') throw malformed('/type', 'expected opinion/v1');
  const domain = members(given.domain, '/domain', [
    'name',
    'version',
    'chainId',
    'verifyingContract',
    'salt',
  ]);
  if (domain.name !== OPINION_NAME) throw malformed('/domain/name', `expected ${OPINION_NAME}`);
  if (domain.version !== DOMAIN_VERSION) throw malformed('/domain/version', `expected ${DOMAIN_VERSION}`);
  const body = members(members(given.names, '/names', ['body']).body, '/names/body', bodyNames(given.names));
  const hidden = isJsonObject(given.reviewer) ? members(given.reviewer, '/reviewer', ['digest']) : null;
  try {
    parseData(text(given.signature, '/signature'));
  } catch {
    throw malformed('/signature', 'expected 0x and pairs of hex digits');
  }
  return {
    type: 'opinion/v1',
    nonce: text(given.nonce, '/nonce'),
    message: readOpinionMessage(given.message),
    domain: {
      name: OPINION_NAME,
      version: DOMAIN_VERSION,
      chainId: word('uint256', domain.chainId, '/domain/chainId'),
      verifyingContract: word('address', domain.verifyingContract, '/domain/verifyingContract'),
      salt: word('bytes32', domain.salt, '/domain/salt'),
    },
    limitationsText: text(given.limitationsText, '/limitationsText'),
    reviewer: hidden
      ? { digest: text(hidden.digest, '/reviewer/digest') }
      : text(given.reviewer, '/reviewer'),
    names: {
      body: Object.fromEntries(
        Object.entries(body).map(([tag, name]) => [tag, text(name, `/names/body/${tag}`)]),
      ),
    },
    signature: given.signature as string,
  };
}

/** The language tags present, of the two that are known; at least one must be. */
function bodyNames(names: JsonValue | undefined): readonly string[] {
  const body = isJsonObject(names) ? names.body : undefined;
  const present = ['zh', 'en'].filter((tag) => isJsonObject(body) && Object.hasOwn(body, tag));
  return present.length > 0 ? present : ['zh'];
}

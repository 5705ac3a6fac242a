// One small world: a factory, a body, a registrar, a log, a chain and a passport. A caller may change parts of it at their
// making, to see how the checker judges a world that is not in order.
import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import {
  type ContentId,
  contentId,
  contentIdBytes,
  fromUtf8,
  type JsonObject,
  toBase64url,
  toHex,
  utf8,
} from '#lib/canonical';
import { documentId, newSalts, redact, type Salts } from '#lib/disclosure';
import type { ActivityDocument } from '#lib/evidence';
import { checksumAddress, encodeWords, formatData, keccak256, parseTime, type Rpc } from '#lib/evm';
import {
  buildFootprintInput,
  type FootprintInput,
  type FootprintResult,
  factorTable,
  MOULDED_PULP_TABLEWARE,
} from '#lib/footprint';
import {
  contentWord,
  type OpinionMessage,
  opinionDigest,
  textWord,
  tokenIdOf,
  ZERO_WORD,
} from '#lib/opinion';
import { issueCredential, itemLeafData, projectDpp } from '#lib/passport';
import {
  type ContentDocument,
  type EntrySigner,
  HIDEABLE,
  makeEntry,
  type PassportDocument,
  recoveryKid,
  subjectOf,
} from '#lib/record';
import {
  formatCheckpoint,
  formatVerifierKey,
  leafHash,
  proveConsistency,
  proveInclusion,
  readerOf,
  signNote,
  treeHash,
} from '#lib/transparency-log';
import { type Bundle, type BundleDocument, type Engines, formatBundle } from '#lib/verification';
import { FakeChain, originHash, ZERO_ADDRESS } from './chain.ts';
import {
  activityDocuments,
  BODY_NAMES,
  catalogue,
  keyDocument,
  nextKeyDocument,
  registrationDocument,
  SCOPE,
} from './documents.ts';
import { GoldenLog, issuerSigner, type Recorded } from './log.ts';
import { LIMITATIONS, opinionDocument, opinionMessage, VALIDITY } from './opinion.ts';
import {
  ADDRESSES,
  CODE,
  DID,
  FACILITY,
  HOST,
  ITEM_CODE,
  KEYS,
  KID,
  LOT,
  NOW,
  OPERATOR,
  ORIGIN,
  on,
  PERIOD,
  PRODUCT,
  SERIALS,
} from './people.ts';

const METHODS = new URL('../../libs/footprint/methods/', import.meta.url);
const [method] = JSON.parse(readFileSync(new URL('index.json', METHODS), 'utf8')) as {
  id: ContentId;
  file: string;
}[];
const { computeFootprint } = (await import(new URL(method!.file, METHODS).href)) as {
  computeFootprint(input: FootprintInput): FootprintResult;
};
export const METHOD: ContentId = method!.id;
export const ENGINES: Engines = { [METHOD]: computeFootprint as (input: never) => unknown };
export const ENDPOINTS = ['https://rpc.one.example/', 'https://rpc.two.example/'] as const;

export type Changes = {
  /** Without an opinion the passport is self-declared. */
  readonly covered?: boolean;
  /** Scanned with the serial of one item; on unless told. */
  readonly item?: boolean;
  /** Withhold what the ordinary public profile withholds. */
  readonly withhold?: boolean;
  readonly kind?: 'test' | 'private' | 'public';
  readonly message?: Partial<OpinionMessage>;
  readonly bodySecret?: Uint8Array;
  /** What the opinion's document calls the body: beside what the body signed. */
  readonly bodyNames?: { readonly en: string };
  readonly key?: (doc: JsonObject) => JsonObject;
  /** The passport is signed with a second key, which came by this way. */
  readonly rotated?: 'previous' | 'recovery' | 'host';
  readonly footprint?: (doc: JsonObject) => JsonObject;
  readonly passport?: (doc: PassportDocument) => PassportDocument;
  /** The credential is in no anchored head yet. */
  readonly pending?: boolean;
};

export type World = {
  readonly bundle: Bundle;
  readonly json: JsonObject;
  readonly root: JsonObject;
  readonly chain: FakeChain;
  readonly rpc: Rpc;
  readonly log: GoldenLog;
  readonly passport: PassportDocument;
  readonly tokenId: bigint;
  readonly opinion: JsonObject | null;
};

export async function makeWorld(changes: Changes = {}): Promise<World> {
  const { covered = true, item = true } = changes;
  const log = new GoldenLog();
  const chain = new FakeChain();
  const nonce = () => log.nonce();

  log.strangers(3);
  const key = log.prepare(changes.key?.(keyDocument(nonce())) ?? keyDocument(nonce()), on('10-01'), {
    signer: issuerSigner,
  });
  log.record(key);
  const { documents, ...facts } = catalogue(nonce);
  log.recordCovered(on('10-02'), documents);
  log.anchor(on('10-03'));

  const activities = log.recordCovered(on('11-02'), activityDocuments(nonce));
  const footprint = recordFootprint(log, activities, changes);
  const { result, inputsRoot } = footprint.doc as never as { result: FootprintResult; inputsRoot: string };
  log.anchor(on('11-04'));
  log.strangers(2);

  const contract = { chainId: '31337', verifyingContract: chain.addresses.registry, salt: chain.domainSalt };
  const about = { footprint: footprint.id, method: METHOD, inputsRoot, result };
  const reviewerSalt = toBase64url(log.random(32));
  const message = { ...opinionMessage(about, reviewerSalt, log.random(12)), ...changes.message };
  const registration = log.prepare(registrationDocument(nonce()), on('11-05'), { issuer: OPERATOR });
  const opinionDoc = {
    ...opinionDocument(message, contract, nonce(), changes.bodySecret),
    ...(changes.bodyNames && { names: { body: changes.bodyNames } }),
  };
  const signer = { kid: `eip155:31337:${ADDRESSES.body}`, eip712: opinionDoc.signature };
  const opinion = log.prepare(opinionDoc, on('11-06'), {
    issuer: `did:pkh:${signer.kid}`,
    refs: [{ rel: 'footprint', content: footprint.id }],
    signer,
    salts: { '/reviewer': reviewerSalt },
  });
  if (covered) log.record(registration, opinion);
  log.anchor(on('11-07'));

  const signing = changes.rotated
    ? rotate(log, key, changes.rotated)
    : { key, signer: issuerSigner, secret: KEYS.issuer.secret };
  const items = SERIALS.map((serial) => ({ serial, salt: toBase64url(log.random(16)) }));
  const itemLeaves = items.map(({ serial, salt }) => leafHash(itemLeafData(serial, salt)));
  const words = { issuer: ADDRESSES.issuer, product: textWord(PRODUCT), lot: textWord(LOT), release: '1' };
  const tokenId = tokenIdOf(words);
  const logId = formatData(
    keccak256(encodeWords(['uint256', 'bytes32'], [chain.chainId, originHash(ORIGIN)])),
  );
  const draft = {
    type: 'passport/v1',
    nonce: nonce(),
    issuer: {
      ...pick(facts.organisation, ['did', 'names', 'uscc']),
      kid: signing.signer.kid,
      address: ADDRESSES.issuer,
      keyHolder: 'operator',
    },
    product: facts.product,
    facility: facts.facility,
    batch: facts.batch,
    release: 1,
    supersedes: null,
    code: CODE,
    footprint: footprintPart(footprint.id, result),
    opinion: covered ? opinionPart(opinion.id, registration.id, message) : null,
    items: { root: toHex(treeHash(itemLeaves)), count: String(items.length) },
    materials: [{ name: 'bagasse pulp', massFraction: '0.98', originCountry: 'CN' }],
    issuedAt: on('11-15'),
    validUntil: '2028-10-31T16:00:00Z',
    chain: {
      chainId: String(chain.chainId),
      registry: checksumAddress(chain.addresses.registry),
      tokenId: String(tokenId),
      logId,
      origin: ORIGIN,
    },
  } as never as PassportDocument;
  const passport = changes.passport?.(draft) ?? draft;
  const salts = newSalts(passport as never, HIDEABLE['passport/v1'], log.random);
  const passportId = documentId(passport as never, HIDEABLE['passport/v1'], salts);
  const release = toBase64url(log.random(12));
  const credential = await issueCredential(
    projectDpp(passport, { id: `https://${HOST}/passports/${release}`, content: passportId }),
    signing.signer.kid,
    (input) => ed25519.sign(input, signing.secret),
  );
  const refs = [
    { rel: 'passport', content: passportId },
    { rel: 'footprint', content: footprint.id },
    { rel: 'key', content: signing.key.id },
    ...(covered ? [{ rel: 'opinion', content: opinion.id }] : []),
  ];
  const credentialEntry = {
    kind: 'credential/v1',
    subject: subjectOf(passport),
    issuer: DID,
    time: on('11-15'),
    content: contentId(utf8(credential)),
    refs,
  } as const;
  log.append(makeEntry(credentialEntry, signing.signer));
  if (!changes.pending) log.anchor(on('11-16'));
  log.strangers(2);

  chain.heads = log.heads;
  chain.log = {
    id: logId,
    owner: ADDRESSES.issuer,
    maxDelay: 3_600n,
    originHash: originHash(ORIGIN),
    openedAt: parseTime(on('10-01')),
  };
  chain.block.time = parseTime(NOW) - 30n;
  chain.tokens.set(tokenId, {
    issuer: ADDRESSES.issuer,
    owner: ADDRESSES.issuer,
    content: contentWord(passportId),
    release: 1n,
    mintedAt: parseTime(on('11-15')) + 300n,
    supersededBy: 0n,
    opinionId: covered ? message.opinionId : ZERO_WORD,
    body: covered ? ADDRESSES.body : ZERO_ADDRESS,
    registrar: covered ? ADDRESSES.registrar : ZERO_ADDRESS,
    registrationIndex: 0n,
    logId,
  });
  const times = ['2026-01-01T00:00:00Z', '2029-01-01T00:00:00Z'].map(parseTime) as [bigint, bigint];
  chain.registrations.set(`${ADDRESSES.registrar} ${ADDRESSES.body}`.toLowerCase(), [
    [...times, textWord(SCOPE), contentWord(registration.id), parseTime(on('11-05')), 0n, 0n, 0n],
  ]);
  if (covered) chain.accepted.set(message.opinionId, formatData(opinionDigest(message, contract)));

  const own = new Set([...log.recorded.map(({ entry }) => entry.content), credentialEntry.content]);
  const shownParts = [...log.recorded, { id: passportId, doc: passport as ContentDocument, salts }];
  const bundle: Bundle = {
    code: item ? ITEM_CODE : CODE,
    release,
    coordinates: coordinatesOf(chain, logId),
    credential,
    documents: shownParts.map(({ id, doc, salts }) => show(id, doc, salts, changes.withhold ?? false)),
    heads: log.heads,
    entries: entriesOf(log, own),
    checkpoint: signNote(formatCheckpoint({ origin: ORIGIN, ...log.tree() }), {
      name: ORIGIN,
      secretKey: KEYS.log.secret,
    }),
    consistency: consistencyOf(log),
    item: item
      ? { ...items[1]!, index: 1n, proof: proveInclusion(readerOf(itemLeaves), 1n, BigInt(items.length)) }
      : null,
    registrations: covered ? [{ registrar: ADDRESSES.registrar, body: ADDRESSES.body, index: 0n }] : [],
  };
  const rpc: Rpc = (_, batch) => Promise.resolve(batch.map((request) => chain.answer(request)));
  const root = rootOf(chain, logId, changes.kind ?? 'public', log);
  return {
    bundle,
    json: formatBundle(bundle),
    root,
    chain,
    rpc,
    log,
    passport,
    tokenId,
    opinion: covered ? opinionDoc : null,
  };
}

function rotate(log: GoldenLog, first: Recorded, by: 'previous' | 'recovery' | 'host') {
  const signers: Record<typeof by, EntrySigner> = {
    previous: issuerSigner,
    recovery: { kid: recoveryKid(DID), sign: (bytes) => ed25519.sign(bytes, KEYS.recovery.secret) },
    // the host has neither key, so it signs with the one it puts there
    host: { kid: KID, sign: (bytes) => ed25519.sign(bytes, KEYS.next.secret) },
  };
  const key = log.prepare(nextKeyDocument(log.nonce(), first.id, by), on('11-08'), { signer: signers[by] });
  log.record(key);
  const { secret } = KEYS.next;
  const signer: EntrySigner = { kid: `${DID}#key-2`, sign: (bytes) => ed25519.sign(bytes, secret) };
  return { key, signer, secret };
}

function recordFootprint(log: GoldenLog, activities: readonly Recorded[], changes: Changes): Recorded {
  const input = buildFootprintInput({
    activities: activities.map(({ id, doc }) => ({ id, document: doc as never as ActivityDocument })),
    product: {
      id: PRODUCT,
      declaredUnit: { value: '1', unit: 'piece' },
      massPerUnit: { value: '15', unit: 'g' },
    },
    period: PERIOD,
    template: MOULDED_PULP_TABLEWARE,
    factors: factorTable(),
  });
  const ids = activities.map(({ id }) => id);
  const doc = {
    type: 'footprint/v1',
    nonce: log.nonce(),
    organisation: DID,
    product: PRODUCT,
    facility: FACILITY,
    method: METHOD,
    coverage: 'product-period',
    period: PERIOD,
    input: input as never as JsonObject,
    result: computeFootprint(input) as never as JsonObject,
    inputsRoot: toHex(treeHash(ids.map((id) => leafHash(contentIdBytes(id))))),
    activities: ids,
  } satisfies JsonObject;
  return log.recordCovered(on('11-03'), [changes.footprint?.(doc) ?? doc])[0]!;
}

function footprintPart(content: ContentId, result: FootprintResult) {
  return {
    content,
    number: result.perUnit.value,
    unit: 'kgCO2e',
    per: result.perUnit.per,
    boundary: result.boundary,
    period: PERIOD,
    method: METHOD,
    coverage: 'product-period',
    stages: result.stages.map(({ stage, perUnit }) => ({ stage, value: perUnit })),
    shares: { ...result.shares },
  };
}

function opinionPart(content: ContentId, registration: ContentId, message: OpinionMessage) {
  return {
    content,
    opinionId: message.opinionId,
    body: ADDRESSES.body,
    registrar: ADDRESSES.registrar,
    registration,
    level: 'limited',
    engagement: 'verification',
    opinion: message.opinion === '1' ? 'unmodified' : 'qualified',
    criteria: message.criteria,
    standard: message.standard,
    bodyNames: BODY_NAMES,
    accreditation: { body: 'CNAS', number: 'VB-001' },
    limitationsText: LIMITATIONS,
    ...VALIDITY,
    reportNumber: message.reportNumber,
  };
}

/** The ordinary public profile: volumes and names of partners stay at home. */
function show(id: ContentId, doc: ContentDocument, salts: Salts, withhold: boolean): BundleDocument {
  const copy = redact(doc as never, HIDEABLE[doc.type], salts, () => withhold);
  return { id, type: doc.type, doc: copy.doc as JsonObject, salts: copy.salts };
}

function entriesOf(log: GoldenLog, own: ReadonlySet<string>): Bundle['entries'] {
  const { size } = log.tree();
  return log.leaves.flatMap(({ bytes, entry }, at) => {
    if (!own.has(entry.content)) return [];
    const index = BigInt(at);
    const head = log.heads.findIndex((each) => each.size > index);
    const covering = log.heads[head]?.size ?? size;
    const proof = proveInclusion(log.reader(covering), index, covering);
    return [{ entry: fromUtf8(bytes), index, head: head < 0 ? null : head, proof }];
  });
}

function consistencyOf(log: GoldenLog): Bundle['consistency'] {
  const sizes = [...new Set([...log.heads.map(({ size }) => size), log.tree().size])];
  return sizes.slice(1).map((to, at) => {
    const from = sizes[at]!;
    return { from, to, proof: proveConsistency(log.reader(to), from, to) };
  });
}

function coordinatesOf(chain: FakeChain, logId: string): Bundle['coordinates'] {
  const { anchor, bodies, registry } = chain.addresses;
  return {
    chainId: String(chain.chainId),
    genesis: chain.genesis,
    anchor: checksumAddress(anchor),
    bodies: checksumAddress(bodies),
    registry: checksumAddress(registry),
    logId,
    origin: ORIGIN,
  };
}

function rootOf(
  chain: FakeChain,
  logId: string,
  kind: 'test' | 'private' | 'public',
  log: GoldenLog,
): JsonObject {
  const contract = (name: 'anchor' | 'bodies' | 'registry') => ({
    address: checksumAddress(chain.addresses[name]),
    codeHash: chain.codeHash(name),
  });
  const last = log.heads.at(-1)!;
  return {
    format: 'anchorleaf-root/v1',
    chain: {
      id: String(chain.chainId),
      genesis: chain.genesis,
      kind,
      operator: kind === 'private' ? 'Example Park' : null,
    },
    contracts: { anchor: contract('anchor'), bodies: contract('bodies'), registry: contract('registry') },
    log: { id: logId, origin: ORIGIN, key: formatVerifierKey(ORIGIN, KEYS.log.public) },
    registrars: [{ address: ADDRESSES.registrar, name: 'Example Registrar' }],
    authorities: [],
    methods: [METHOD],
    endpoints: [...ENDPOINTS],
    head: { size: String(last.size), root: toHex(last.root), time: on('11-16') },
    host: HOST,
  };
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

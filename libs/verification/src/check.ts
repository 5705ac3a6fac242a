// The check. Page, command line and API call this one function; what differs between them is what they hand in.
import type { JsonObject } from '#lib/canonical';
import { parseTime, type Rpc, sameAddress } from '#lib/evm';
import type { PassportDocument } from '#lib/record';
import { type Bundle, type Coordinates, readBundle } from './bundle.ts';
import { readChain } from './chain-reads.ts';
import { type ChainQuestion, type ChainReading, timeText } from './chain-state.ts';
import { checkContent } from './check-content.ts';
import { checkLog, type LogFinding } from './check-log.ts';
import { checkNumber, type Engines } from './check-number.ts';
import { checkSignature } from './check-signature.ts';
import { checkStatus } from './check-status.ts';
import { checkThirdParty } from './check-third-party.ts';
import { eligibleEndpoints } from './endpoints.ts';
import { VerificationError } from './errors.ts';
import { factsOf } from './facts.ts';
import { headlineOf } from './headline.ts';
import { type Opened, openBundle, partsOf } from './opened.ts';
import { type Overlay, type Report, reportUnreached } from './report.ts';
import type { PinnedHead, Root } from './root.ts';
import { type Checks, type Detail, invalid, unknown, type Verdict } from './verdict.ts';

export type CheckInput = {
  /** Bytes or text of a bundle, or its strictly parsed value. Never believed. */
  readonly bundle: Uint8Array | string | JsonObject;
  /** The reader's own; null: there is none, and nothing can match. */
  readonly root: Root | null;
  /** Path of the code that led here, as scanned; null: the bundle's own, for a file that came without a code. */
  readonly code: string | null;
  /** RFC 3339 time of the check. */
  readonly now: string;
  readonly engines: Engines;
  /** Null: offline. */
  readonly rpc: Rpc | null;
  /** The reader's own endpoints; the root's are asked when these are too few. */
  readonly endpoints: readonly string[];
  /** Hosts that the record came from: endpoints there do not count. */
  readonly recordHosts: readonly string[];
  /** Heads that the reader holds beside the root's, for checking offline. */
  readonly pinned: readonly PinnedHead[];
  /** Host of the page whose code is running, when that is the operator's own. */
  readonly operatorPage: string | null;
};

/**
 * Judges a bundle. Never throws for what stands in it, if it says that it is one.
 * @throws VerificationError `bundle/too-large`, `bundle/not-json`, `bundle/unknown-format`
 */
export async function check(input: CheckInput): Promise<Report> {
  let bundle: Bundle;
  try {
    bundle = readBundle(input.bundle);
  } catch (error) {
    const code = error instanceof VerificationError ? BROKEN[error.code] : undefined;
    if (!code) throw error;
    return reportUnreached(
      'altered',
      invalid(code, { pointer: (error as VerificationError).pointer || '/' }),
    );
  }
  const { root } = input;
  const opened = openBundle(bundle);
  const passport = opened.passport?.doc ?? null;
  const mismatch = root && findMismatch(root, bundle.coordinates, passport);
  const now = parseTime(input.now);
  const endpoints =
    root && !mismatch ? eligibleEndpoints(root, input.endpoints, hostsOf(input, passport)) : [];
  const chain = mismatch ?? (await askChain(input, opened, passport, endpoints, now));

  const code = input.code ?? bundle.code;
  const found = passport ? partsOf(opened, passport) : { parts: null, missing: [] };
  const content = checkContent(opened, found, code, chain);
  const pinned = [...input.pinned, ...(root?.head ? [root.head] : [])];
  const log = checkLog(opened, root, chain, pinned, now);
  const checks = passport
    ? judge(opened, passport, found.parts, input, chain, content, log, now)
    : { ...reportUnreached('altered', content).checks, log: log.verdict };
  const asOf =
    chain.kind === 'read'
      ? { block: String(chain.block.number), hash: chain.block.hash, time: timeText(chain.block.time) }
      : null;
  const isShown = passport && found.parts && content.status === 'valid';
  const facts = isShown ? factsOf(passport, found.parts.footprint.doc, code, opened.passport!.id) : null;
  const calls = input.rpc && root && !mismatch ? endpoints : [];
  const draft = { checks, facts, times: log.times, asOf, calls };
  return {
    format: 'anchorleaf-report/v1',
    headline: headlineOf(checks),
    detail: headlineDetail(input.now, checks, log),
    overlays: overlaysOf(input, draft, log),
    ...draft,
  };
}

const BROKEN: Readonly<Record<string, string>> = {
  'bundle/malformed': 'content/malformed',
  'bundle/missing-member': 'content/missing-member',
};

function judge(
  opened: Opened,
  passport: PassportDocument,
  parts: ReturnType<typeof partsOf>['parts'],
  { root, engines }: CheckInput,
  chain: ChainReading,
  content: Verdict,
  log: LogFinding,
  now: bigint,
): Checks {
  const rootProblem = !root
    ? unknown('root/missing')
    : chain.kind === 'silent' && chain.code === 'root/mismatch'
      ? unknown(chain.code, chain.detail)
      : null;
  const lost = unknown('check/not-reached', { because: 'check/content' });
  const isAnchored = content.status === 'valid' && log.verdict.status === 'valid';
  const hint = opened.bundle.registrations[0];
  return {
    content,
    signature: checkSignature(opened, passport, rootProblem),
    log: log.verdict,
    status: checkStatus(passport, chain, log.pinned, now),
    number: parts ? checkNumber(passport, parts, root, engines) : lost,
    thirdParty: parts ? checkThirdParty(passport, parts, hint, root, chain, log, isAnchored) : lost,
  };
}

/** Where the record says it lives against where the reader looks. */
function findMismatch(
  root: Root,
  hints: Coordinates,
  passport: PassportDocument | null,
): ChainReading | null {
  const { chain, contracts, log } = root;
  const claims: readonly (readonly [what: string, found: string, expected: string])[] = [
    ['chain id', hints.chainId, chain.id],
    ['genesis', hints.genesis, chain.genesis],
    ['CheckpointAnchor', hints.anchor, contracts.anchor.address],
    ['BodyRegistry', hints.bodies, contracts.bodies.address],
    ['PassportRegistry', hints.registry, contracts.registry.address],
    ['log id', hints.logId, log.id],
    ['log origin', hints.origin, log.origin],
    ...(passport
      ? ([
          ['chain id', passport.chain.chainId, chain.id],
          ['PassportRegistry', passport.chain.registry, contracts.registry.address],
          ['log id', passport.chain.logId, log.id],
          ['log origin', passport.chain.origin, log.origin],
        ] as const)
      : []),
  ];
  const differs = claims.find(([, a, b]) => a !== b && !sameAddress(a, b));
  if (!differs) return null;
  const [what, given, expected] = differs;
  return { kind: 'silent', code: 'root/mismatch', detail: { what, found: given, expected } };
}

function askChain(
  { root, rpc, now: time }: CheckInput,
  { bundle }: Opened,
  passport: PassportDocument | null,
  endpoints: readonly string[],
  now: bigint,
): Promise<ChainReading> | ChainReading {
  const silent = (code: string, detail: Detail = {}): ChainReading => ({ kind: 'silent', code, detail });
  if (!root) return silent('root/missing');
  if (!rpc) return silent('chain/offline', { time });
  if (!passport) return silent('check/not-reached', { because: 'check/content' });
  const hint = bundle.registrations[0];
  const question: ChainQuestion = {
    // the head that the reader saw last stands behind the bundle's: the chain must still hold it
    heads: [...bundle.heads, ...(root.head ? [root.head] : [])],
    tokenId: BigInt(passport.chain.tokenId) & ((1n << 256n) - 1n),
    opinion: passport.opinion && hint ? { opinionId: passport.opinion.opinionId, ...hint } : null,
  };
  return readChain(rpc, root, endpoints, question, now);
}

/** The record's own hosts: where it was fetched, and those it names itself by. */
function hostsOf({ recordHosts }: CheckInput, passport: PassportDocument | null): readonly string[] {
  if (!passport) return recordHosts;
  const didHost = /^did:web:([^:]+)/.exec(passport.issuer.did)?.[1]?.replace(/%3A/i, ':') ?? '';
  return [...recordHosts, didHost, passport.chain.origin];
}

/** Values for the one sentence of the headline; each verdict has its own beside it. */
function headlineDetail(now: string, { content, status, log }: Checks, { times }: LogFinding): Detail {
  return {
    time: now,
    ...(times.notAfter === null ? {} : { since: times.notAfter }),
    ...(log.detail.due === undefined ? {} : { due: log.detail.due }),
    ...(content.code === 'content/erased' ? content.detail : {}),
    ...(status.status === 'invalid' ? status.detail : {}),
  };
}

function overlaysOf(
  { root, operatorPage }: CheckInput,
  { checks, facts, asOf }: Pick<Report, 'checks' | 'facts' | 'asOf'>,
  log: LogFinding,
): readonly Overlay[] {
  const overlays: Overlay[] = [];
  const add = (id: Overlay['id'], detail: Detail = {}) => overlays.push({ id, detail });
  if (root?.chain.kind === 'test') add('test-ledger');
  if (root?.chain.kind === 'private') add('private-ledger', { operator: root.chain.operator ?? '–' });
  if (operatorPage !== null) add('operator-page', { host: operatorPage });
  if (checks.thirdParty.code === 'third-party/self-declared') add('self-declared');
  if (!asOf && log.pinned) add('as-of', { time: log.pinned.time ?? '–' });
  if (facts && facts.inputs.shown < facts.inputs.total)
    add('inputs-shown', { shown: String(facts.inputs.shown), total: String(facts.inputs.total) });
  if (facts?.opinion?.opinion === 'qualified') add('qualified');
  return overlays;
}

// Every finding that entries, documents and events can give: an honest world, one change, and what is said of it.
import { jest } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { canonicalBytes, contentId, fromUtf8, utf8 } from '#lib/canonical';
import { blindSubject } from '#lib/record';
import { registrationDocument } from '../../../scripts/golden/documents.ts';
import { issuerSigner } from '../../../scripts/golden/log.ts';
import { ADDRESSES, DID, KEYS, KID, OPERATOR, on } from '../../../scripts/golden/people.ts';
import { type Changes } from '../../../scripts/golden/world.ts';
import { AuditedWorld, DAY, seconds, word } from '../../../test/support/audited-world.ts';
import { FINDINGS, type FindingCode, weightOf } from './index.ts';

const PLAIN = (n: number) => ({
  kind: 'page/v1' as const,
  subject: blindSubject('', `page ${n}`),
  issuer: OPERATOR,
  time: on('11-17'),
  content: contentId(utf8(`page ${n}`)),
  refs: [],
});
const WITHDRAWAL = (world: AuditedWorld, more: object = {}) => ({
  type: 'withdrawal/v1',
  nonce: world.world.log.nonce(),
  withdraws: world.recorded('opinion/v1')!.id,
  effectiveFrom: on('11-17'),
  reason: 'a fault',
  ...more,
});
const DELEGATE = 'did:web:ledger.example:o:centre';
const delegation = (world: AuditedWorld, more: object = {}) => ({
  type: 'delegation/v1',
  nonce: world.world.log.nonce(),
  issuer: DID,
  delegate: DELEGATE,
  kinds: ['withdrawal/v1'],
  validFrom: on('11-01'),
  validUntil: on('12-01'),
  ...more,
});
const centre = ed25519.keygen(new Uint8Array(32).fill(9));
const centreSigner = {
  kid: `${DELEGATE}#key-1`,
  sign: (message: Uint8Array) => ed25519.sign(message, centre.secretKey),
};
/** Another issuer with a key of its own, which may have a delegation. */
function addCentre(world: AuditedWorld, issuerAddress?: string, did = DELEGATE): void {
  const key = world.recorded('key/v1')!.doc as any;
  const jwk = { ...key.publicKeyJwk, x: Buffer.from(centre.publicKey).toString('base64url') };
  const doc = {
    ...key,
    nonce: world.world.log.nonce(),
    did,
    kid: `${did}#key-1`,
    publicKeyJwk: jwk,
    issuerAddress: issuerAddress ?? key.issuerAddress,
  };
  world.record(doc, on('11-17'), { issuer: did, signer: { ...centreSigner, kid: doc.kid } });
}
/** The opinion's bytes in the log and its document, with another message that the body signed too, or did not. */
function secondOpinion(world: AuditedWorld, message: object, signed = world.world.opinion as any): void {
  const opinion = { ...signed, nonce: world.world.log.nonce(), message: { ...signed.message, ...message } };
  world.record(opinion, on('11-17'), {
    issuer: `did:pkh:eip155:31337:${ADDRESSES.body}`,
    refs: [{ rel: 'footprint', content: world.recorded('footprint/v1')!.id }],
    signer: { kid: `eip155:31337:${ADDRESSES.body}`, eip712: opinion.signature },
  });
}

/** A world whose keys change is anchored more slowly. */
const slowly = (world: AuditedWorld) => {
  world.maxDelay = 10 * DAY;
};

type Case = readonly [
  what: string,
  change: (world: AuditedWorld) => void,
  codes: readonly FindingCode[],
  changes?: Changes,
];
type Row = readonly [string, (world: AuditedWorld) => void, readonly FindingCode[], Changes];

/** Contradictions and gaps, in the order in which they are found. */
const CASES: readonly Case[] = [
  ['nothing was changed', () => undefined, []],
  ['a passport without opinion', () => undefined, [], { covered: false }],
  ['a key that the one before signed', slowly, [], { rotated: 'previous' }],
  ['a key that the recovery key signed', slowly, [], { rotated: 'recovery' }],
  [
    'a key that the host alone put there, and a credential signed with it',
    slowly,
    ['key/host-only', 'signature/host-only-key'],
    { rotated: 'host' },
  ],
  [
    'bytes that are no entry',
    (world) => {
      world.leaves.push(utf8('{"kind":"page/v1"}'));
    },
    ['entry/malformed'],
  ],
  [
    'an entry of a later kind',
    (world) => {
      const text = fromUtf8(world.leaves[0]!).replace('organisation/v1', 'organisation/v9');
      world.leaves.push(utf8(text));
    },
    ['entry/malformed'],
  ],
  [
    'an entry twice',
    (world) => {
      world.leaves.push(world.leaves[0]!);
    },
    ['entry/duplicate'],
  ],
  [
    'a reference to what was never recorded, and one to what comes later',
    (world) => {
      world.append({ ...PLAIN(1), refs: [{ rel: 'see', content: contentId(utf8('nowhere')) }] });
      world.append({ ...PLAIN(2), refs: [{ rel: 'see', content: PLAIN(3).content }] });
      world.append(PLAIN(3));
    },
    ['entry/dangling-reference'],
  ],
  [
    'an entry about a document of somebody else',
    (world) => {
      const { entry } = world.recorded('key/v1')!;
      const { sig: _, ...rest } = entry;
      world.append({ ...rest, time: on('11-17'), subject: blindSubject('', 'other') }, issuerSigner);
    },
    [],
  ],
  [
    'a registration whose document is not handed out',
    (world) => {
      world.documents.set(world.recorded('registration/v1')!.id, { kind: 'absent' });
    },
    ['content/withheld', 'content/withheld'],
  ],
  [
    'an opinion whose document is not handed out',
    (world) => {
      world.documents.set(world.recorded('opinion/v1')!.id, { kind: 'absent' });
    },
    ['content/withheld', 'content/withheld'],
  ],
  [
    'a document that does not hash to its id',
    (world) => {
      const { id } = world.recorded('registration/v1')!;
      world.documents.set(id, { kind: 'found', bytes: utf8('{}') });
    },
    ['content/altered', 'content/withheld'],
  ],
  [
    'a document that the source itself calls altered',
    (world) => {
      world.documents.set(world.recorded('import/v1')!.id, { kind: 'altered' });
    },
    ['content/altered'],
  ],
  [
    'a document of another form',
    (world) => {
      const bytes = canonicalBytes({ type: 'registration/v1', nonce: 'x' });
      world.append({ ...PLAIN(1), kind: 'registration/v1', content: contentId(bytes) });
      world.documents.set(contentId(bytes), { kind: 'found', bytes });
    },
    ['content/malformed'],
  ],
  [
    'a key document that is not handed out',
    (world) => {
      world.documents.set(world.recorded('key/v1')!.id, { kind: 'absent' });
    },
    ['content/withheld', ...Array<FindingCode>(4).fill('signature/unchecked')],
  ],
  [
    'a document that was erased',
    (world) => {
      world.documents.set(world.recorded('import/v1')!.id, { kind: 'erased', date: '2026-11-20' });
    },
    [],
  ],
  [
    'a signature that was changed',
    (world) => {
      world.record(WITHDRAWAL(world), on('11-17'), {
        signer: { kid: KID, sign: (message) => ed25519.sign(message, KEYS.recovery.secret) },
      });
    },
    ['signature/bad'],
  ],
  [
    'a key that the log does not have',
    (world) => {
      world.record(WITHDRAWAL(world), on('11-17'), { signer: { ...issuerSigner, kid: `${DID}#key-7` } });
    },
    ['signature/unknown-key'],
  ],
  [
    'a key that was replaced',
    (world) => {
      slowly(world);
      world.record(WITHDRAWAL(world), on('11-17'), { signer: issuerSigner });
    },
    ['signature/key-not-in-force'],
    { rotated: 'previous' },
  ],
  [
    'a delegate with a delegation, with one for another kind, and with one of another time',
    (world) => {
      addCentre(world);
      const named = (more: object) => {
        const { id } = world.record(delegation(world, more), on('11-17'), { signer: issuerSigner });
        const refs = [{ rel: 'delegation', content: id }];
        world.record(WITHDRAWAL(world), on('11-17'), { issuer: DID, refs, signer: centreSigner });
      };
      named({});
      named({ kinds: ['correction/v1'] });
      named({ validUntil: on('11-10') });
    },
    ['signature/not-delegated', 'signature/not-delegated'],
  ],
  [
    'an opinion whose entry repeats another signature than its document',
    (world) => {
      const { entry, id } = world.recorded('opinion/v1')!;
      const { sig: _, ...rest } = entry;
      world.append(
        { ...rest, time: on('11-17'), content: id },
        { kid: entry.sig!.kid, eip712: `0x${'11'.repeat(65)}` },
      );
    },
    ['signature/bad'],
  ],
  [
    'an opinion that somebody else signed',
    (world) => secondOpinion(world, { opinionId: `${ADDRESSES.body.toLowerCase()}${'22'.repeat(12)}` }),
    ['signature/bad'],
  ],
  [
    'the same by a body that is a contract',
    (world) => {
      world.contracts.add(ADDRESSES.body.toLowerCase());
      secondOpinion(world, { opinionId: `${ADDRESSES.body.toLowerCase()}${'22'.repeat(12)}` });
    },
    ['signature/unchecked'],
  ],
  [
    'two opinions of one body on one footprint',
    (world) => {
      world.contracts.add(ADDRESSES.body.toLowerCase());
      secondOpinion(world, { opinionId: `${ADDRESSES.body.toLowerCase()}${'22'.repeat(12)}`, opinion: '3' });
    },
    ['signature/unchecked', 'opinion/contradicts'],
  ],
  [
    'the same, the first revoked on chain',
    (world) => {
      world.contracts.add(ADDRESSES.body.toLowerCase());
      secondOpinion(world, { opinionId: `${ADDRESSES.body.toLowerCase()}${'22'.repeat(12)}`, opinion: '3' });
      const { opinionId, body } = world.event('OpinionAccepted');
      const place = { block: 1, time: world.now, transaction: word(1), logIndex: 0 };
      world.events.push({ ...place, name: 'OpinionRevoked', body, opinionId, reason: '1', detail: word(0) });
    },
    ['signature/unchecked'],
  ],
  [
    'an opinion signed for another contract',
    (world) =>
      secondOpinion(
        world,
        {},
        { ...(world.world.opinion as any), domain: { ...(world.world.opinion as any).domain, chainId: '1' } },
      ),
    [],
  ],
  [
    'a mint without entry',
    (world) => {
      world.change('PassportMinted', { content: word(5) });
    },
    ['passport/no-entry'],
  ],
  [
    'a mint without entry, within the delay',
    (world) => {
      world.change('PassportMinted', { content: word(5), time: world.now - DAY });
    },
    [],
  ],
  [
    'a mint of another log',
    (world) => world.change('PassportMinted', { log: word(9), content: word(5) }),
    [],
  ],
  [
    'a token without the opinion that the entry names',
    (world) => {
      world.change('PassportMinted', { opinionId: word(0) });
    },
    ['passport/differs'],
  ],
  [
    'a mint by the key of another issuer of the log',
    (world) => {
      addCentre(world, `0x${'ce'.repeat(20)}`);
      world.change('PassportMinted', { issuer: `0x${'ce'.repeat(20)}` });
    },
    ['passport/differs'],
  ],
  [
    'a mint in the name of this log by somebody who has no key in it',
    (world) => {
      world.change('PassportMinted', { issuer: `0x${'5e'.repeat(20)}`, content: word(5) });
    },
    [],
  ],
  [
    'a stranger who records a credential of its own for the same passport',
    (world) => {
      addCentre(world, `0x${'ce'.repeat(20)}`);
      const { sig: _, ...rest } = world.credential();
      const content = contentId(utf8('a JWT of the stranger'));
      world.append({ ...rest, issuer: DELEGATE, content }, centreSigner);
    },
    [],
  ],
  [
    'a stranger who registers the snapshot of a registrar as its own',
    (world) => {
      const event = world.event('BodyRegistered');
      world.events.push({ ...event, registrar: `0x${'5e'.repeat(20)}`, validUntil: '9999999999' });
    },
    [],
  ],
  [
    'a second first key of an issuer, under its name in capitals',
    (world) => {
      const did = DID.replace('ledger', 'Ledger');
      addCentre(world, `0x${'ce'.repeat(20)}`, did);
      world.record(WITHDRAWAL(world), on('11-17'), {
        issuer: did,
        signer: { ...centreSigner, kid: `${did}#key-1` },
      });
    },
    ['key/host-only', 'signature/host-only-key'],
  ],
  [
    'an opinion that was removed: what it says cannot be judged any more',
    (world) => {
      world.documents.set(world.recorded('opinion/v1')!.id, { kind: 'erased', date: '2026-11-20' });
    },
    ['signature/unchecked', 'content/withheld'],
  ],
  [
    'two credentials for one release',
    (world) => {
      const { sig: _, ...rest } = world.credential();
      world.append({ ...rest, content: contentId(utf8('another JWT')) }, issuerSigner);
    },
    ['passport/two-credentials'],
  ],
  [
    'a release that two others take the place of',
    (world) => {
      const place = {
        block: 1,
        time: 1,
        transaction: word(1),
        logIndex: 0,
        name: 'PassportSuperseded',
      } as const;
      for (const by of [word(8), word(8), word(9)]) world.events.push({ ...place, token: world.token, by });
    },
    ['passport/superseded-twice'],
  ],
  [
    'another opinion accepted under this id',
    (world) => {
      world.change('OpinionAccepted', { digest: word(6) });
    },
    ['opinion/differs'],
  ],
  [
    'an opinion that is not in the log',
    (world) => {
      world.change('PassportMinted', { opinionId: word(6) });
      world.change('OpinionAccepted', { opinionId: word(6) });
    },
    ['passport/differs', 'opinion/no-entry'],
  ],
  [
    'an acceptance that the endpoint leaves out',
    (world) => {
      world.events.splice(1, 1);
    },
    ['chain/events-missing'],
  ],
  [
    'a registration that the endpoint leaves out',
    (world) => {
      world.events.splice(0, 1);
    },
    ['chain/events-missing'],
  ],
  [
    'a registration of other values',
    (world) => {
      world.change('BodyRegistered', { validUntil: '9999999999', scope: word(1) });
    },
    ['registration/differs', 'registration/differs'],
  ],
  [
    'a registration that a passport leans on, and no document',
    (world) => {
      world.change('BodyRegistered', { snapshot: word(4) });
    },
    ['registration/no-entry'],
  ],
  [
    'a registration that nothing leans on, and no document',
    (world) => {
      world.events.push({ ...world.event('BodyRegistered'), index: '1', snapshot: word(4) });
    },
    [],
  ],
  ['a flag with its entry', (world) => world.setFlag('11-18'), []],
  ['a flag without its entry', (world) => world.setFlag('11-18', null), ['status/withheld']],
  [
    'a flag whose entry came when a head without it was on chain, past the delay',
    (world) => {
      const [time, block] = [seconds(on('11-10')), String(seconds(on('11-10')))];
      world.setFlag('11-18', { blockTime: on('11-10'), block });
      world.change('FlagSet', { time, block: time });
    },
    ['status/withheld'],
  ],
  ['a flag of yesterday without its entry', (world) => world.setFlag('11-24', null), []],
  [
    'a flag otherwise than it was set',
    (world) => world.setFlag('11-18', { status: '1' }),
    ['status/differs'],
  ],
  [
    'a flag that nobody set',
    (world) => world.setFlag('11-18', { transaction: word(77) }),
    ['status/invented', 'status/withheld'],
  ],
  [
    'a revocation and a withdrawn registration without entries',
    (world) => {
      const { opinionId, body, registrar } = world.event('OpinionAccepted');
      const place = { block: 1, time: seconds(on('11-18')), transaction: word(3) };
      const why = { reason: '1', detail: word(0) };
      world.events.push(
        { ...place, logIndex: 0, name: 'OpinionRevoked', body, opinionId, ...why },
        {
          ...place,
          logIndex: 1,
          name: 'RegistrationWithdrawn',
          registrar,
          body,
          index: '0',
          effectiveFrom: '1',
          ...why,
        },
      );
    },
    ['status/withheld', 'status/withheld'],
  ],
  [
    'an entry dated after the head that holds it',
    (world) => {
      world.append({ ...PLAIN(1), time: on('11-23') });
      world.anchor(on('11-20'));
    },
    ['time/outside-anchors'],
  ],
  [
    'a registration dated long before the head that does not hold it',
    (world) => {
      const doc = registrationDocument(world.world.log.nonce());
      world.record(doc, on('10-20'), { issuer: OPERATOR });
      world.anchor(on('11-17'));
    },
    ['time/outside-anchors'],
  ],
  [
    'data stated early and sent later',
    (world) => {
      world.append({ ...PLAIN(1), time: on('10-20') });
      world.anchor(on('11-17'));
    },
    [],
  ],
  [
    'a withdrawal anchored too late',
    (world) => {
      world.record(WITHDRAWAL(world), on('11-17'), { signer: issuerSigner });
      world.anchor(on('11-20'));
    },
    ['anchor/overdue'],
  ],
  [
    'a withdrawal that was never anchored',
    (world) => {
      world.record(WITHDRAWAL(world), on('11-17'), { signer: issuerSigner });
      world.isToBeAnchored = false;
    },
    ['anchor/overdue'],
  ],
  [
    'a withdrawal that waits for its anchor',
    (world) => {
      world.record(WITHDRAWAL(world), on('11-24'), { signer: issuerSigner });
      world.isToBeAnchored = false;
    },
    [],
  ],
  [
    'data that an auditor saw three days ago, and no anchor since',
    (world) => {
      world.seen = [{ size: world.leaves.length, at: world.now - 3 * DAY }];
    },
    ['anchor/overdue'],
  ],
  [
    'data that an auditor saw yesterday',
    (world) => {
      world.seen = [{ size: world.leaves.length, at: world.now - DAY }];
    },
    [],
  ],
  [
    'begun in the middle: keys of before are not known',
    (world) => {
      world.from = 5;
      world.leaves = world.leaves.slice(5);
    },
    Array<FindingCode>(4).fill('signature/unchecked'),
  ],
];

// the golden worlds take a while to make
jest.setTimeout(60_000);

const ROWS = CASES.map(([what, change, codes, changes = {}]): Row => [what, change, codes, changes]);

// four names and four values: jest takes a name too many for a callback to wait for
test.each(ROWS)('%s', async (_, change, codes, changes) => {
  const world = await AuditedWorld.make(changes);
  change(world);
  const findings = world.audit().filter((found) => weightOf(found) !== 'note');
  expect(findings.map(({ code }) => code)).toEqual(codes);
  for (const { place, expected, found } of findings) expect([place, expected, found]).not.toContain('');
});

test('notes: what is no fault is said, and is no contradiction', async () => {
  const world = await AuditedWorld.make();
  world.record(registrationDocument(world.world.log.nonce()), on('11-17'), { issuer: OPERATOR });
  world.append({ ...PLAIN(1), time: on('10-20') });
  world.anchor(on('11-17'));
  world.events.push({ ...world.event('BodyRegistered'), index: '1', snapshot: word(4) });
  const minted = world.event('PassportMinted');
  world.events.push({ ...minted, issuer: `0x${'5e'.repeat(20)}`, content: word(5), token: word(5) });
  world.change('PassportMinted', { log: word(9) });
  world.documents.set(world.recorded('import/v1')!.id, { kind: 'erased', date: '2026-11-20' });
  const { id } = world.record(delegation(world), on('11-17'), { signer: issuerSigner });
  world.documents.set(id, { kind: 'absent' });
  const { entry } = world.recorded('registration/v1')!;
  world.append({ ...entry, time: on('11-17'), subject: blindSubject('', 'another') });
  expect(new Set(world.audit().map(({ code }) => code))).toEqual(
    new Set<FindingCode>([
      'registration/not-on-chain',
      'registration/elsewhere',
      'passport/not-minted',
      'passport/elsewhere',
      'time/stated-early',
      'content/erased',
      'content/not-public',
      'entry/not-receipt',
    ]),
  );
});

test('every code has a case here or in the tests named beside it', () => {
  const elsewhere: Readonly<Partial<Record<FindingCode, string>>> = {
    'checkpoint/refused': 'apps/auditor',
    'log/root-differs': 'apps/auditor',
    'log/split-view': 'apps/auditor',
    'log/behind-chain': 'apps/auditor',
    'log/handed-over': 'apps/auditor',
    'log/offered': 'apps/auditor',
    'log/succeeded': 'apps/auditor',
    'entry/altered': 'apps/auditor',
    'entry/not-covered': 'apps/auditor',
    'tile/malformed': 'tree-replay',
    'tile/differs': 'tree-replay',
    'head/differs': 'tree-replay',
    'chain/other-code': 'apps/auditor',
    'chain/other-log': 'apps/auditor',
    'chain/final-block-changed': 'apps/auditor',
    'chain/unreachable': 'apps/auditor',
    'chain/endpoints-disagree': 'apps/auditor',
    'chain/stale': 'apps/auditor',
    'source/unreachable': 'apps/auditor',
    'source/behind': 'apps/auditor',
    'page/not-recorded': 'page-check',
    'page/unpinned-script': 'page-check',
    'page/integrity-differs': 'page-check',
    'registration/not-on-chain': 'notes',
    'registration/elsewhere': 'notes',
    'passport/not-minted': 'notes',
    'passport/elsewhere': 'notes',
    'time/stated-early': 'notes',
    'content/erased': 'notes',
    'content/not-public': 'notes',
    'entry/not-receipt': 'notes',
  };
  const here = new Set(CASES.flatMap(([, , codes]) => codes));
  const open = Object.keys(FINDINGS).filter((code) => !here.has(code as FindingCode) && !(code in elsewhere));
  expect(open).toEqual([]);
});

import { ed25519 } from '@noble/curves/ed25519.js';
import { type JsonObject, parseStrict, toHex } from '#lib/canonical';
import { parseTime, type Rpc } from '#lib/evm';
import { formatCheckpoint, signNote } from '#lib/transparency-log';
import { KEYS, NOW, ORIGIN, seed } from '../../../scripts/golden/people.ts';
import { type Changes, ENGINES, METHOD, makeWorld, type World } from '../../../scripts/golden/world.ts';
import { formatBundle } from './bundle.ts';
import { type CheckInput, check } from './check.ts';
import type { Report } from './report.ts';
import { readPinnedHead, readRoot } from './root.ts';
import type { CheckName } from './verdict.ts';

type Options = Partial<CheckInput> & { readonly rootChanges?: (root: JsonObject) => JsonObject };

function judge(world: World, { rootChanges, ...options }: Options = {}): Promise<Report> {
  return check({
    bundle: world.json,
    root: readRoot(rootChanges?.(world.root) ?? world.root),
    code: null,
    now: NOW,
    engines: ENGINES,
    rpc: world.rpc,
    endpoints: [],
    recordHosts: [],
    pinned: [],
    operatorPage: null,
    ...options,
  });
}

const codes = ({ headline, checks }: Report, name: CheckName) => [
  headline,
  checks[name].status,
  checks[name].code,
];
const overlays = (report: Report) => report.overlays.map(({ id }) => id);
const DAY = 86_400n;

let covered: World;
let declared: World;
beforeAll(async () => {
  covered = await makeWorld();
  declared = await makeWorld({ covered: false });
});

describe('in order', () => {
  test('covered, with an item scanned', async () => {
    const report = await judge(covered);
    expect(report.headline).toBe('matches');
    expect(Object.values(report.checks).map(({ status }) => status)).toEqual(Array(6).fill('valid'));
    expect(overlays(report)).toEqual(['qualified']);
    expect(report.facts?.number).toBe(covered.passport.footprint.number);
    expect(report.times).toEqual({
      stated: '2026-11-15T02:00:00Z',
      notBefore: '2026-11-07T02:01:00Z',
      notAfter: '2026-11-16T02:01:00Z',
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('self-declared says so, and applies no third party', async () => {
    const report = await judge(declared);
    expect(codes(report, 'thirdParty')).toEqual(['matches', 'not-applicable', 'third-party/self-declared']);
    expect(overlays(report)).toEqual(['self-declared']);
  });

  test('an unmodified opinion carries no overlay', async () => {
    const world = await makeWorld({ message: { opinion: '1' } });
    const report = await judge(world);
    expect(codes(report, 'thirdParty')).toEqual(['matches', 'valid', 'third-party/opinion']);
    expect(overlays(report)).toEqual([]);
  });

  test('the ordinary public profile: inputs withheld, headline unmoved', async () => {
    const report = await judge(await makeWorld({ withhold: true }));
    expect(codes(report, 'number')).toEqual(['matches', 'unknown', 'number/withheld']);
    expect(overlays(report)).toEqual(['inputs-shown', 'qualified']);
    expect(report.facts?.inputs).toEqual({ shown: 0, total: 8 });
  });

  test('bytes, text and value are judged alike', async () => {
    const text = JSON.stringify(covered.json);
    const reports = await Promise.all(
      [text, new TextEncoder().encode(text), parseStrict(text, { maxBytes: 1 << 23 }) as JsonObject].map(
        (bundle) => judge(covered, { bundle }),
      ),
    );
    for (const report of reports) expect(report).toEqual(reports[0]);
    expect(reports[0]!.headline).toBe('matches');
  });

  test('a test ledger and a private one are named from the root', async () => {
    expect(overlays(await judge(await makeWorld({ kind: 'test' })))).toEqual(['test-ledger', 'qualified']);
    const report = await judge(await makeWorld({ kind: 'private' }), { operatorPage: 'ledger.example' });
    expect(report.overlays.map(({ id, detail }) => [id, ...Object.values(detail)])).toEqual([
      ['private-ledger', 'Example Park'],
      ['operator-page', 'ledger.example'],
      ['qualified'],
    ]);
  });
});

describe('content', () => {
  test.each([
    ['another product', '/01/09506000134369/10/L2026-11', 'content/other-code'],
    ['another lot', '/01/09506000134352/10/L2026-12', 'content/other-code'],
    ['the batch where the bundle is for an item', '/01/09506000134352/10/L2026-11', 'content/other-code'],
    ['another item', '/01/09506000134352/10/L2026-11/21/2B8C4D6E', 'content/other-code'],
    ['no code at all', '/', 'content/other-code'],
  ])('%s', async (_, code, want) => {
    expect(codes(await judge(covered, { code }), 'content')).toEqual(['altered', 'invalid', want]);
  });

  test('an item that does not belong to the batch, or is not proved', async () => {
    const code = '/01/09506000134352/10/L2026-11/21/AAAAAAAA';
    const { bundle } = covered;
    const other = formatBundle({ ...bundle, code, item: { ...bundle.item!, serial: 'AAAAAAAA' } });
    expect(codes(await judge(covered, { bundle: other }), 'content')[2]).toBe('content/item-not-in-batch');
    const none = formatBundle({ ...bundle, item: null });
    expect(codes(await judge(covered, { bundle: none }), 'content')[2]).toBe('content/item-missing');
  });

  test('a token that names another text', async () => {
    const world = await makeWorld();
    const token = world.chain.tokens.get(world.tokenId)!;
    world.chain.tokens.set(world.tokenId, { ...token, content: `0x${'11'.repeat(32)}` });
    expect(codes(await judge(world), 'content')).toEqual(['altered', 'invalid', 'content/token-differs']);
  });

  test.each<[string, Changes['passport']]>([
    ['/issuer/names', (p) => ({ ...p, issuer: { ...p.issuer, names: { en: 'Another Works' } } })],
    [
      '/product/massPerUnit',
      (p) => ({ ...p, product: { ...p.product, massPerUnit: { value: '14', unit: 'g' } } }),
    ],
    ['/batch/producedUntil', (p) => ({ ...p, batch: { ...p.batch, producedUntil: '2026-11-11T16:00:00Z' } })],
    ['/opinion/level', (p) => ({ ...p, opinion: { ...p.opinion!, level: 'reasonable' } })],
    ['/opinion/accreditation', (p) => ({ ...p, opinion: { ...p.opinion!, accreditation: null } })],
    ['/opinion/limitationsText', (p) => ({ ...p, opinion: { ...p.opinion!, limitationsText: '' } })],
    ['/chain/tokenId', (p) => ({ ...p, chain: { ...p.chain, tokenId: '7' } })],
  ])('a passport that repeats %s wrongly', async (pointer, passport) => {
    const report = await judge(await makeWorld({ passport: passport! }));
    expect(report.checks.content.code).toBe('content/passport-differs');
    expect(report.checks.content.detail.pointer).toBe(pointer);
    expect(report.headline).toBe('altered');
    expect(report.facts).toBeNull();
  });

  test('removed content is removed, not altered; and never a way to hide a change', async () => {
    const { bundle } = declared;
    const erase = (type: string) =>
      bundle.documents.map((each) =>
        each.type === type ? { id: each.id, type, erased: '2026-11-20T00:00:00Z' } : each,
      );
    for (const type of ['activity/v1', 'footprint/v1', 'organisation/v1', 'passport/v1', 'key/v1']) {
      const report = await judge(declared, { bundle: formatBundle({ ...bundle, documents: erase(type) }) });
      expect([type, ...codes(report, 'content')]).toEqual([type, 'removed', 'unknown', 'content/erased']);
    }
    const altered = erase('activity/v1').map((each) =>
      'doc' in each && each.type === 'batch/v1' ? { ...each, doc: { ...each.doc, lot: 'L1' } } : each,
    );
    const report = await judge(declared, { bundle: formatBundle({ ...bundle, documents: altered }) });
    expect(report.headline).toBe('altered');
  });

  test('the stub of a removed text that the record does not name has no business here', async () => {
    const { bundle } = declared;
    for (const type of ['activity/v1', 'passport/v1', 'credential/v1']) {
      const stub = { id: `sha256:${'0f'.repeat(32)}`, type, erased: '2026-11-20T00:00:00Z' } as const;
      const documents = [...bundle.documents, stub];
      const report = await judge(declared, { bundle: formatBundle({ ...bundle, documents }) });
      expect(codes(report, 'content')).toEqual(['altered', 'invalid', 'content/document-surplus']);
    }
  });
});

describe('signature', () => {
  test.each(['previous', 'recovery'] as const)('a second key, signed by the %s one', async (rotated) => {
    const report = await judge(await makeWorld({ rotated }));
    expect(codes(report, 'signature')).toEqual(['matches', 'valid', 'signature/issuer-key']);
    expect(report.checks.signature.evidence).toContainEqual({ what: 'keys in history', value: '2' });
  });

  test('a key that the host alone put there', async () => {
    const report = await judge(await makeWorld({ rotated: 'host' }));
    expect(codes(report, 'signature')).toEqual(['signer-unknown', 'unknown', 'signature/key-not-continuous']);
  });

  test('more signed entries than any passport needs are not even looked at', async () => {
    const { bundle } = covered;
    const [entry] = bundle.entries.filter(({ entry }) => entry.includes('"import/v1"'));
    const entries = Array.from({ length: 300 }, (_, at) => ({ ...entry!, index: BigInt(at) }));
    const report = await judge(covered, { bundle: formatBundle({ ...bundle, entries }) });
    expect(report.headline).toBe('altered');
    expect(report.checks.content.evidence.length).toBeLessThan(30);
  });

  test('a manifest signed with another key covers nothing', async () => {
    const { bundle } = covered;
    const at = bundle.entries.findIndex(({ entry }) => entry.includes('"import/v1"'));
    const entry = JSON.parse(bundle.entries[at]!.entry) as { sig: { value: string } };
    entry.sig.value = Buffer.from(ed25519.sign(new Uint8Array(3), seed('thief'))).toString('base64url');
    const entries = bundle.entries.map((each, i) =>
      i === at ? { ...each, entry: JSON.stringify(entry) } : each,
    );
    const report = await judge(covered, { bundle: formatBundle({ ...bundle, entries }) });
    expect(report.checks.signature.code).toBe('signature/bad-entry');
    expect(report.headline).toBe('altered');
  });
});

describe('log', () => {
  test('pending: only the checkpoint holds the newest entries', async () => {
    const world = await makeWorld({ pending: true });
    const now = '2026-11-15T02:30:00Z';
    world.chain.block.time = parseTime(now);
    const report = await judge(world, { now });
    expect(codes(report, 'log')).toEqual(['pending', 'unknown', 'log/pending']);
    expect(report.detail.due).toBe('2026-11-15T03:00:00Z');
    expect(report.checks.log.evidence).toEqual([{ what: 'due', value: '2026-11-15T03:00:00Z' }]);
    expect(report.times.notBefore).toBe('2026-11-07T02:01:00Z');
    expect(report.times.notAfter).toBeNull();
  });

  test('overdue: from the second on after the promised delay, never pending and never altered', async () => {
    expect(codes(await judge(await makeWorld({ pending: true })), 'log')).toEqual([
      'could-not-check',
      'unknown',
      'log/anchor-overdue',
    ]);
    for (const [now, code, headline] of [
      ['2026-11-15T03:00:00Z', 'log/pending', 'pending'],
      ['2026-11-15T03:00:01Z', 'log/anchor-overdue', 'could-not-check'],
    ] as const) {
      const world = await makeWorld({ pending: true });
      world.chain.block.time = parseTime(now);
      expect(codes(await judge(world, { now }), 'log')).toEqual([headline, 'unknown', code]);
    }
  });

  test('a chain that has moved on asks for a newer bundle', async () => {
    const world = await makeWorld({ pending: true });
    world.log.anchor('2026-11-16T02:00:00Z');
    expect(codes(await judge(world), 'log')).toEqual(['could-not-check', 'unknown', 'log/bundle-outdated']);
  });

  test('a head that is anchored but not final yet is pending, not false', async () => {
    const world = await makeWorld();
    world.chain.heads = world.chain.heads.slice(0, 3);
    const report = await judge(world, {
      now: '2026-11-15T02:10:00Z',
      rootChanges: (root) => ({ ...root, head: null }),
    });
    expect(report.checks.log.code).toBe('log/pending');
  });

  test('a head that the chain never took', async () => {
    const world = await makeWorld();
    world.chain.heads = world.chain.heads.map((head, at) =>
      at === 1 ? { ...head, root: new Uint8Array(32) } : head,
    );
    expect(codes(await judge(world), 'log')).toEqual(['altered', 'invalid', 'log/head-differs']);
  });

  test('a fork: another root at the size that the reader saw', async () => {
    const rootChanges = (root: JsonObject) => ({
      ...root,
      head: { ...(root.head as JsonObject), root: '00'.repeat(32) },
    });
    expect(codes(await judge(covered, { rootChanges }), 'log')).toEqual(['altered', 'invalid', 'log/fork']);
  });

  test('a chain that is behind what the reader saw', async () => {
    const rootChanges = (root: JsonObject) => ({
      ...root,
      head: { ...(root.head as JsonObject), size: '999' },
    });
    expect(codes(await judge(covered, { rootChanges }), 'log')).toEqual([
      'could-not-check',
      'unknown',
      'chain/stale',
    ]);
  });

  test('a checkpoint of another key, and one of another tree', async () => {
    const { bundle } = covered;
    const tree = covered.log.tree();
    const forged = signNote(formatCheckpoint({ origin: ORIGIN, ...tree }), {
      name: ORIGIN,
      secretKey: seed('thief'),
    });
    const report = await judge(covered, { bundle: formatBundle({ ...bundle, checkpoint: forged }) });
    expect(report.checks.log.code).toBe('log/checkpoint-refused');
    const fork = signNote(formatCheckpoint({ origin: ORIGIN, size: tree.size, root: new Uint8Array(32) }), {
      name: ORIGIN,
      secretKey: KEYS.log.secret,
    });
    const other = await judge(covered, { bundle: formatBundle({ ...bundle, checkpoint: fork }) });
    expect(other.checks.log.code).toBe('log/inconsistent');
  });
});

describe('status', () => {
  const flag = (status: bigint) => ({
    status,
    reason: 3n,
    time: 1_795_000_000n,
    detail: `0x${'00'.repeat(32)}`,
  });
  test.each([
    ['issuer', 1, 'role/issuer'],
    ['body', 2, 'role/body'],
    ['registrar', 3, 'role/registrar'],
  ] as const)('withdrawn or suspended by the %s', async (name, role, who) => {
    const world = await makeWorld();
    const token = world.chain.tokens.get(world.tokenId)!;
    for (const [status, headline] of [
      [1n, 'suspended'],
      [2n, 'withdrawn'],
      [9n, 'withdrawn'],
    ] as const) {
      world.chain.flags.set(`${world.tokenId} ${role} ${token[name].toLowerCase()}`, flag(status));
      const report = await judge(world);
      expect(codes(report, 'status')).toEqual([headline, 'invalid', `status/${headline}`]);
      expect(report.detail).toMatchObject({ who, date: '2026-11-18T11:06:40Z' });
    }
  });

  test('the worst flag counts, and an authority only if the root names it', async () => {
    const world = await makeWorld();
    const authority = `0x${'ee'.repeat(20)}`;
    world.chain.flags.set(`${world.tokenId} 4 ${authority}`, flag(2n));
    world.chain.flags.set(`${world.tokenId} 1 ${world.passport.issuer.address.toLowerCase()}`, flag(1n));
    expect((await judge(world)).headline).toBe('suspended');
    const rootChanges = (root: JsonObject) => ({ ...root, authorities: [authority] });
    expect((await judge(world, { rootChanges })).detail.who).toBe('role/authority');
  });

  test('replaced, expired, not minted', async () => {
    const world = await makeWorld();
    const token = world.chain.tokens.get(world.tokenId)!;
    world.chain.tokens.set(world.tokenId, { ...token, supersededBy: 5n });
    expect(codes(await judge(world), 'status')).toEqual(['replaced', 'invalid', 'status/replaced']);
    world.chain.tokens.delete(world.tokenId);
    expect(codes(await judge(world), 'status')).toEqual(['could-not-check', 'unknown', 'status/not-minted']);
    const later = '2029-01-01T00:00:00Z';
    covered.chain.block.time = parseTime(later);
    expect(codes(await judge(covered, { now: later }), 'status')).toEqual([
      'expired',
      'invalid',
      'status/expired',
    ]);
    // a reader's clock that lags behind the chain hides nothing
    expect((await judge(covered)).headline).toBe('expired');
    covered.chain.block.time = parseTime(NOW) - 30n;
  });
});

describe('number', () => {
  test('a result that does not follow from the inputs', async () => {
    const footprint = (doc: JsonObject) => {
      const result = structuredClone(doc.result) as { working: { amount: { kgCO2e: string } }[] };
      result.working[0]!.amount.kgCO2e = '1.000000';
      return { ...doc, result: result as never as JsonObject };
    };
    expect(codes(await judge(await makeWorld({ footprint })), 'number')).toEqual([
      'altered',
      'invalid',
      'number/differs',
    ]);
  });

  test('a passport that shows another number', async () => {
    const passport: Changes['passport'] = (p) => ({
      ...p,
      footprint: { ...p.footprint, number: '0.0100000' },
    });
    const report = await judge(await makeWorld({ passport: passport! }));
    expect(report.checks.number.code).toBe('number/passport-differs');
    expect(report.headline).toBe('altered');
  });

  test('withheld inputs still bind the passport to the result', async () => {
    const passport: Changes['passport'] = (p) => ({
      ...p,
      footprint: { ...p.footprint, number: '0.0100000' },
    });
    const report = await judge(await makeWorld({ passport: passport!, withhold: true }));
    expect(report.checks.number.code).toBe('number/passport-differs');
  });

  test('an input that is not the recorded activity', async () => {
    const footprint = (doc: JsonObject) => {
      const input = structuredClone(doc.input) as { activities: { quantity: { value: string } }[] };
      input.activities[2]!.quantity.value = '1';
      return { ...doc, input: input as never as JsonObject };
    };
    expect((await judge(await makeWorld({ footprint }))).checks.number.code).toBe('number/input-differs');
  });

  test('a factor that is not the one its id names, a list that is not the recorded one, inputs no engine takes', async () => {
    const change =
      (edit: (input: { factors: JsonObject[]; activities: JsonObject[] }) => void) => (doc: JsonObject) => {
        const input = structuredClone(doc.input) as never as {
          factors: JsonObject[];
          activities: JsonObject[];
        };
        edit(input);
        return { ...doc, input: input as never as JsonObject };
      };
    const cases = [
      ['number/inputs-differ', change((input) => (input.factors[0] = { ...input.factors[0], value: '0' }))],
      ['number/inputs-differ', change((input) => input.activities.reverse())],
      [
        'number/not-computable',
        change((input) => (input.activities[2] = { ...input.activities[2], factors: [] })),
      ],
    ] as const;
    for (const [want, footprint] of cases)
      expect((await judge(await makeWorld({ footprint }))).checks.number.code).toBe(want);
  });

  test('a method that is not on the list, or not at hand', async () => {
    const want = ['could-not-check', 'unknown', 'number/unknown-method'];
    const withheld = await judge(await makeWorld({ withhold: true }), {
      rootChanges: (root) => ({ ...root, methods: [] }),
    });
    expect(codes(withheld, 'number')).toEqual(want);
    expect(
      codes(await judge(covered, { rootChanges: (root) => ({ ...root, methods: [] }) }), 'number'),
    ).toEqual(want);
    expect(codes(await judge(covered, { engines: {} }), 'number')).toEqual(want);
    expect(METHOD).toMatch(/^sha256:/);
  });
});

describe('third party', () => {
  test('stripped: the chain carries an opinion that the passport does not name', async () => {
    const world = await makeWorld({ covered: false });
    const token = world.chain.tokens.get(world.tokenId)!;
    world.chain.tokens.set(world.tokenId, { ...token, opinionId: `0x${'22'.repeat(32)}` });
    expect(codes(await judge(world), 'thirdParty')).toEqual(['altered', 'invalid', 'third-party/stripped']);
  });

  test('self-declared is said only from anchored text', async () => {
    const report = await judge(declared, { rpc: () => Promise.reject(new Error('down')) });
    expect(codes(report, 'thirdParty')).toEqual(['could-not-check', 'unknown', 'check/not-reached']);
  });

  test('signed by somebody else', async () => {
    const world = await makeWorld({ bodySecret: seed('thief') });
    world.chain.accepted.clear();
    expect(codes(await judge(world), 'thirdParty')).toEqual(['altered', 'invalid', 'third-party/forged']);
  });

  test('a body that is a contract: the registry accepted this very digest', async () => {
    expect(codes(await judge(await makeWorld({ bodySecret: seed('wallet') })), 'thirdParty')[2]).toBe(
      'third-party/qualified',
    );
  });

  test.each([
    [{ number: '0.0100000' }, 'altered', 'third-party/other-footprint'],
    [{ footprint: `0x${'33'.repeat(32)}` }, 'altered', 'third-party/other-footprint'],
    [{ validUntil: String(parseTime('2026-11-01T00:00:00Z')) }, 'altered', 'third-party/out-of-scope'],
    [{ opinion: '3' }, 'altered', 'third-party/adverse'],
  ] as const)('%j', async (message, headline, code) => {
    const report = await judge(await makeWorld({ message }));
    expect(report.checks.thirdParty.code).toBe(code);
    // the passport repeats the usual dates and word, so its own text differs as well here
    expect(report.headline).toBe(headline);
  });

  const registrationOf = (world: World) => [...world.chain.registrations.values()][0]![0]!;
  test.each<[string, (world: World) => void, string]>([
    [
      'never registered',
      (world) => world.chain.registrations.clear(),
      'altered third-party/registration-differs',
    ],
    [
      'registered after',
      (world) => (registrationOf(world)[4] = parseTime('2026-11-20T00:00:00Z')),
      'opinion-does-not-count third-party/unregistered',
    ],
    [
      'registration over',
      (world) => (registrationOf(world)[1] = parseTime('2026-11-16T00:00:00Z')),
      'opinion-does-not-count third-party/unregistered',
    ],
    [
      'withdrawn before',
      (world) => (registrationOf(world)[5] = parseTime('2026-11-01T00:00:00Z')),
      'opinion-does-not-count third-party/body-withdrawn',
    ],
    [
      'withdrawn after',
      (world) => (registrationOf(world)[5] = parseTime('2026-11-20T00:00:00Z')),
      'matches third-party/qualified',
    ],
    [
      'another snapshot',
      (world) => (registrationOf(world)[3] = `0x${'44'.repeat(32)}`),
      'altered third-party/registration-differs',
    ],
    [
      'revoked',
      (world) =>
        world.chain.revocations.set(world.passport.opinion!.opinionId, [
          1_795_000_000n,
          1n,
          `0x${'00'.repeat(32)}`,
        ]),
      'opinion-does-not-count third-party/opinion-revoked',
    ],
    [
      'another accepted digest',
      (world) => world.chain.accepted.set(world.passport.opinion!.opinionId, `0x${'55'.repeat(32)}`),
      'altered third-party/forged',
    ],
  ])('%s', async (_, change, want) => {
    const world = await makeWorld();
    change(world);
    const report = await judge(world);
    expect(`${report.headline} ${report.checks.thirdParty.code}`).toBe(want);
  });

  test('the body is called what its registrar calls it: nobody signed what an opinion’s document calls it', async () => {
    const bodyNames = { en: 'A Body of Great Fame' };
    const passport: Changes['passport'] = (p) => ({ ...p, opinion: { ...p.opinion!, bodyNames } });
    const report = await judge(await makeWorld({ bodyNames, passport }));
    expect(codes(report, 'content')).toEqual(['altered', 'invalid', 'content/passport-differs']);
    expect(report.checks.content.detail).toEqual({ type: 'registration/v1', pointer: '/opinion/bodyNames' });
    expect(codes(await judge(await makeWorld({ bodyNames })), 'content')[0]).toBe('matches');
  });

  test('a registrar that is not on the list', async () => {
    const report = await judge(covered, { rootChanges: (root) => ({ ...root, registrars: [] }) });
    expect(codes(report, 'thirdParty')).toEqual([
      'opinion-does-not-count',
      'unknown',
      'third-party/registrar-not-listed',
    ]);
  });
});

describe('chain and root', () => {
  test('without a root nothing matches', async () => {
    const report = await judge(covered, { root: null });
    expect(codes(report, 'signature')).toEqual(['signer-unknown', 'unknown', 'root/missing']);
    expect(report.checks.number.status).toBe('valid');
    expect(report.calls).toEqual([]);
  });

  test.each([
    [
      'another chain id',
      (root: JsonObject) => ({ ...root, chain: { ...(root.chain as JsonObject), id: '1' } }),
    ],
    [
      'another genesis',
      (root: JsonObject) => ({
        ...root,
        chain: { ...(root.chain as JsonObject), genesis: `0x${'00'.repeat(32)}` },
      }),
    ],
    [
      'another log',
      (root: JsonObject) => ({ ...root, log: { ...(root.log as JsonObject), id: `0x${'00'.repeat(32)}` } }),
    ],
    [
      'other code',
      (root: JsonObject) => {
        const contracts = root.contracts as { registry: JsonObject };
        return {
          ...root,
          contracts: { ...contracts, registry: { ...contracts.registry, codeHash: `0x${'00'.repeat(32)}` } },
        };
      },
    ],
    [
      'another registry',
      (root: JsonObject) => {
        const contracts = root.contracts as { registry: JsonObject };
        return {
          ...root,
          contracts: { ...contracts, registry: { ...contracts.registry, address: `0x${'0b'.repeat(20)}` } },
        };
      },
    ],
  ])('%s is a root mismatch', async (_, rootChanges) => {
    const report = await judge(covered, { rootChanges: rootChanges as never });
    expect(codes(report, 'signature')).toEqual(['signer-unknown', 'unknown', 'root/mismatch']);
  });

  test('a chain that turns out to be another one', async () => {
    const world = await makeWorld();
    world.chain.chainId = 1n;
    expect(codes(await judge(world), 'status')).toEqual(['signer-unknown', 'unknown', 'root/mismatch']);
  });

  const two =
    (world: World, change: (endpoint: string, result: unknown, method: string) => unknown): Rpc =>
    async (endpoint, batch) =>
      (await world.rpc(endpoint, batch)).map((answer, at) =>
        'result' in answer ? { result: change(endpoint, answer.result, batch[at]!.method) as never } : answer,
      );
  const lies = (endpoint: string) => endpoint.includes('two');

  test.each<[string, (world: World) => Rpc, string]>([
    ['nobody answers', () => () => Promise.reject(new Error('down')), 'chain/unreachable'],
    [
      'one of two answers',
      (world) => (endpoint, batch) =>
        lies(endpoint) ? Promise.reject(new Error('down')) : world.rpc(endpoint, batch),
      'chain/too-few-endpoints',
    ],
    ['rubbish', () => () => Promise.resolve([{ result: 'rubbish' }]), 'chain/unreachable'],
    [
      'one lies about a view',
      (world) =>
        two(world, (endpoint, result, method) =>
          lies(endpoint) && method === 'eth_call' ? `${String(result).slice(0, -1)}1` : result,
        ),
      'chain/endpoints-disagree',
    ],
    [
      'one has another block of the same number',
      (world) =>
        two(world, (endpoint, result, method) =>
          lies(endpoint) && method === 'eth_getBlockByNumber' && (result as JsonObject).number !== '0x0'
            ? { ...(result as JsonObject), hash: `0x${'77'.repeat(32)}` }
            : result,
        ),
      'chain/endpoints-disagree',
    ],
    [
      'one is on another chain',
      (world) =>
        two(world, (endpoint, result, method) =>
          lies(endpoint) && method === 'eth_chainId' ? '0x1' : result,
        ),
      'chain/endpoints-disagree',
    ],
    [
      'one answers from the past',
      (world) =>
        two(world, (endpoint, result, method) =>
          lies(endpoint) && method === 'eth_getBlockByNumber' && (result as JsonObject).number !== '0x0'
            ? { hash: `0x${'88'.repeat(32)}`, number: '0x2', timestamp: '0x2' }
            : result,
        ),
      'chain/endpoints-lag',
    ],
    [
      'both lie alike, badly',
      (world) => two(world, (_, result, method) => (method === 'eth_call' ? '0x' : result)),
      'chain/malformed-answer',
    ],
  ])('%s', async (_, rpc, code) => {
    const report = await judge(covered, { rpc: rpc(covered) });
    expect([report.headline, report.checks.log.code, report.checks.status.code]).toEqual([
      'could-not-check',
      code,
      code,
    ]);
    expect(report.checks.content.status).toBe('valid');
    expect(report.facts).not.toBeNull();
  });

  test('a chain whose newest final block is old', async () => {
    const world = await makeWorld();
    world.chain.block.time -= DAY;
    expect((await judge(world)).checks.status.code).toBe('chain/stale');
    const test = await makeWorld({ kind: 'test' });
    test.chain.block.time -= DAY;
    expect((await judge(test)).headline).toBe('matches');
  });

  test('endpoints on a host of the record do not count, but for a test ledger', async () => {
    const endpoints = ['https://ledger.example/rpc', 'https://LEDGER.example:8443/rpc'];
    const rootChanges = (root: JsonObject) => ({ ...root, endpoints });
    const disguised = ['https://ledger.example./rpc', 'https://ledger.example\\@two.example/rpc'];
    expect(
      (await judge(covered, { rootChanges: (root) => ({ ...root, endpoints: disguised }) })).calls,
    ).toEqual([]);
    const report = await judge(covered, { rootChanges });
    expect(codes(report, 'status')).toEqual(['could-not-check', 'unknown', 'chain/too-few-endpoints']);
    expect(report.calls).toEqual([]);
    const twice = await judge(covered, {
      endpoints: ['https://a.example/1', 'https://a.example/2'],
      rootChanges,
    });
    expect(twice.calls).toEqual(['https://a.example/1']);
    expect((await judge(await makeWorld({ kind: 'test' }), { rootChanges })).calls).toEqual([endpoints[0]]);
  });

  test('the reader’s own endpoints come first', async () => {
    const endpoints = ['https://mine.example/', 'https://mine.too.example/'];
    expect((await judge(covered, { endpoints })).calls).toEqual(endpoints);
    const [own] = endpoints;
    expect((await judge(covered, { endpoints: [own!] })).calls).toEqual([
      own,
      'https://rpc.one.example/',
      'https://rpc.two.example/',
    ]);
  });
});

describe('offline', () => {
  test('under the root’s head it matches, as of that head', async () => {
    const report = await judge(covered, { rpc: null });
    expect(report.headline).toBe('matches');
    expect([report.checks.log.code, report.checks.status.code, report.checks.thirdParty.code]).toEqual([
      'log/pinned-head',
      'status/as-of',
      'third-party/as-of',
    ]);
    expect(overlays(report)).toEqual(['as-of', 'qualified']);
    expect(report.overlays[0]!.detail.time).toBe('2026-11-16T02:00:00Z');
  });

  test('a self-declared passport too', async () => {
    expect((await judge(declared, { rpc: null })).headline).toBe('matches');
  });

  test('without a pinned head it does not', async () => {
    const rootChanges = (root: JsonObject) => ({ ...root, head: null });
    expect(codes(await judge(covered, { rpc: null, rootChanges }), 'log')).toEqual([
      'could-not-check',
      'unknown',
      'log/no-pinned-head',
    ]);
  });

  test('heads that are older, newer, or of another log', async () => {
    const root = readRoot(covered.root);
    const run = async (size: bigint, hash: Uint8Array) => {
      const text = JSON.stringify({ size: String(size), root: toHex(hash), time: NOW });
      const pinned = [readPinnedHead(text, root)];
      const bare = { ...root, head: null };
      return (await judge(covered, { rpc: null, root: bare, pinned })).checks.log.code;
    };
    const [first] = covered.log.heads;
    expect(await run(first!.size, first!.root)).toBe('log/beyond-pinned-head');
    expect(await run(first!.size, new Uint8Array(32))).toBe('log/fork');
    expect(await run(9_999n, new Uint8Array(32))).toBe('log/unconnected-head');
    const tree = covered.log.tree();
    expect(await run(tree.size, tree.root)).toBe('log/pinned-head');
    const note = readPinnedHead(covered.bundle.checkpoint, root);
    expect(note).toEqual({ ...tree, time: null });
    const report = await judge(covered, { rpc: null, pinned: [note] });
    expect(report.headline).toBe('matches');
    expect(() => readPinnedHead('{"size":"1"}', root)).toThrow(
      expect.objectContaining({ code: 'head/malformed' }),
    );
  });

  test('a signature that is not the body’s own key cannot be told from a contract’s', async () => {
    const report = await judge(await makeWorld({ bodySecret: seed('thief') }), { rpc: null });
    expect(codes(report, 'thirdParty')).toEqual([
      'could-not-check',
      'unknown',
      'third-party/contract-signature',
    ]);
  });
});

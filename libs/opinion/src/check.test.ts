import { addressOf, parseData, signDigest } from '#lib/evm';
import { checkOpinionAgainst, type OpinionProblemCode, type PassportFacts } from './check.ts';
import { BODY_KEY, contract, facts, message, sign } from './example.test-data.ts';
import { type OpinionMessage, opinionDigest, opinionIdOf } from './typed-data.ts';
import { textWord, ZERO_WORD } from './words.ts';

const codes = (opinion: ReturnType<typeof sign>, of: Partial<PassportFacts> = {}) =>
  checkOpinionAgainst(opinion, { ...facts, ...of }).map(({ code }) => code);
const other = `0x${'77'.repeat(32)}`;

test('an opinion that speaks of the passport has no problem', () => {
  expect(codes(sign())).toEqual([]);
  expect(codes(sign({ opinion: '1' }))).toEqual([]);
  expect(codes(sign({ coverage: '2' }))).toEqual([]);
  expect(
    codes(sign(), {
      contract: { ...contract, chainId: 31337n, salt: contract.salt.toUpperCase().replace('X', 'x') },
    }),
  ).toEqual([]);
});

test('each problem says what is stated and what was expected', () => {
  expect(checkOpinionAgainst(sign({ number: '0.0400' }), facts)).toEqual([
    { code: 'opinion/number', member: 'number', stated: '0.0400', expected: '0.0512' },
  ]);
});

// every one under the body's valid signature: the body said so, only not of this passport
test.each<[OpinionProblemCode, Partial<OpinionMessage>]>([
  ['opinion/foreign-id', { opinionId: opinionIdOf(message.registrar, new Uint8Array(12)) }],
  ['opinion/issuer', { issuer: message.registrar }],
  ['opinion/product', { product: textWord('https://id.gs1.org/01/09520000000028') }],
  ['opinion/facility', { facility: other }],
  ['opinion/method', { method: other }],
  ['opinion/footprint-hash', { footprint: other }],
  ['opinion/inputs-root', { inputsRoot: other }],
  ['opinion/number', { number: '0.05120' }],
  ['opinion/unit', { unit: 'kgCO2e per 100 pieces' }],
  ['opinion/boundary', { boundary: 'cradle to grave' }],
  ['opinion/adverse', { opinion: '3' }],
  ['opinion/disclaimed', { opinion: '4' }],
  ['opinion/limitations', { limitations: ZERO_WORD }],
  ['opinion/coverage', { coverage: '4' }],
  ['opinion/batch', { batch: textWord('L2026-11') }],
  ['opinion/batch', { coverage: '2', batch: other }],
  ['opinion/body-not-independent', { registrar: message.body }],
])('%s', (code, change) => {
  expect(codes(sign(change))).toEqual([code]);
});

test('a body that is the issuer is not independent', () => {
  expect(codes(sign({ issuer: message.body }), { issuer: message.body })).toEqual([
    'opinion/body-not-independent',
  ]);
});

describe('signature', () => {
  test('another key, a changed member, junk', () => {
    expect(codes(sign({}, parseData(`0x${'12'.repeat(32)}`)))).toEqual(['opinion/wrong-signer']);
    expect(codes({ ...sign(), message: { ...message, visit: 'none' } })).toEqual(['opinion/wrong-signer']);
    for (const signature of ['0x', `${sign().signature}00`, `0x${'00'.repeat(65)}`])
      expect(checkOpinionAgainst({ ...sign(), signature }, facts)).toEqual([
        { code: 'opinion/wrong-signer', member: 'body', stated: 'nobody', expected: message.body },
      ]);
  });
  test('made for another chain, contract or salt', () => {
    for (const change of [{ chainId: '1' }, { verifyingContract: message.registrar }, { salt: other }]) {
      const elsewhere = { ...contract, ...change };
      const signature = signDigest(opinionDigest(message, elsewhere), BODY_KEY);
      const opinion = { ...sign(), domain: { ...sign().domain, ...change }, signature };
      expect(codes(opinion)).toEqual(['opinion/other-domain']);
      expect(codes({ ...opinion, domain: sign().domain })).toEqual(['opinion/wrong-signer']);
    }
  });
  test('a wallet contract signs elsewhere; all else still counts', () => {
    const opinion = { ...sign({ number: '1' }), signature: '0x1234' };
    expect(checkOpinionAgainst(opinion, facts, { signature: 'elsewhere' }).map(({ code }) => code)).toEqual([
      'opinion/number',
    ]);
  });
});

describe('dates: production decides, half-open', () => {
  const produced = (producedFrom: string, producedUntil: string) => ({ producedFrom, producedUntil });
  // validity 2026-10-01 to 2027-10-01, period 2025-10-01 to 2026-10-01
  const inValidity = produced('2026-10-01T00:00:00Z', '2027-10-01T00:00:00Z');
  const early = produced('2026-09-30T23:59:59Z', '2026-10-05T00:00:00Z');
  const late = produced('2027-09-01T00:00:00Z', '2027-10-01T00:00:01Z');
  const inPeriod = produced('2026-09-01T00:00:00Z', '2026-10-01T00:00:00Z');
  const wide = { validFrom: '1700000000' };
  const batch = { coverage: '3', batch: textWord(facts.lot) };
  const cases: [string, Partial<OpinionMessage>, Partial<PassportFacts>, OpinionProblemCode[]][] = [
    ['period: the first and last second of validity', {}, inValidity, []],
    ['period: a second before validity', {}, early, ['opinion/dates']],
    ['period: a second after validity', {}, late, ['opinion/dates']],
    ['period: production inside the period, where validity reaches back', wide, inPeriod, []],
    [
      'period: production before the period',
      wide,
      produced('2025-09-30T23:59:59Z', '2025-10-02T00:00:00Z'),
      ['opinion/dates'],
    ],
    [
      'model: production before the period',
      { ...wide, coverage: '2' },
      produced('2025-09-30T23:59:59Z', '2025-10-02T00:00:00Z'),
      ['opinion/dates'],
    ],
    ['model: a second before validity', { coverage: '2' }, early, ['opinion/dates']],
    ['batch: inside period and validity', { ...wide, ...batch }, inPeriod, []],
    ['batch: after the period', { ...wide, ...batch }, inValidity, ['opinion/dates']],
    ['batch: outside validity', batch, inPeriod, ['opinion/dates']],
    ['batch: another lot', { ...wide, ...batch }, { ...inPeriod, lot: 'L2026-12' }, ['opinion/batch']],
    ['batch: no lot named', { ...wide, coverage: '3' }, inPeriod, ['opinion/batch']],
  ];
  test.each(cases)('%s', (_, change, of, want) => {
    expect(codes(sign(change), of)).toEqual(want);
  });
});

test('the reviewer is compared when his digest is at hand', () => {
  const digest = Buffer.from('0e'.repeat(32), 'hex').toString('base64url');
  expect(checkOpinionAgainst(sign(), facts, { reviewerDigest: digest })).toEqual([]);
  const wrong = Buffer.from('0f'.repeat(32), 'hex').toString('base64url');
  expect(checkOpinionAgainst(sign(), facts, { reviewerDigest: wrong }).map(({ code }) => code)).toEqual([
    'opinion/reviewer',
  ]);
});

test('no limitations: an empty text and a zero word', () => {
  expect(codes({ ...sign({ limitations: ZERO_WORD }), limitationsText: '' })).toEqual([]);
  expect(codes({ ...sign(), limitationsText: '' })).toEqual(['opinion/limitations']);
});

test('all problems are listed together', () => {
  const forged = sign({ number: '0.01', opinion: '3', product: other }, parseData(`0x${'13'.repeat(32)}`));
  expect(codes(forged)).toEqual([
    'opinion/wrong-signer',
    'opinion/product',
    'opinion/number',
    'opinion/adverse',
  ]);
  expect(addressOf(BODY_KEY)).toBe(message.body);
});

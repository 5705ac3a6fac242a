import type { JsonValue } from '#lib/canonical';
import { readOpinion, readOpinionMessage } from './document.ts';
import { message, sign } from './example.test-data.ts';
import { OPINION_TYPES } from './typed-data.ts';

const json = (value: unknown) => JSON.parse(JSON.stringify(value)) as JsonValue;
const refused = (run: () => unknown, pointer: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'OpinionError', code: 'opinion/malformed', pointer }));

test('a document reads as it was written, also with its reviewer withheld or one name of the body', () => {
  expect(readOpinion(json(sign()))).toEqual(sign());
  const hidden = { ...sign(), reviewer: { digest: 'abc' } };
  expect(readOpinion(json(hidden))).toEqual(hidden);
  const chinese = { ...sign(), names: { body: { zh: '示例' } } };
  expect(readOpinion(json(chinese))).toEqual(chinese);
});

test.each([
  ['another type', { type: 'opinion/v2' }, '/type'],
  ['an unknown member', { extra: 1 }, '/extra'],
  ['an unknown member with a slash', { 'a/b': 1 }, '/a~1b'],
  ['no message', { message: null }, '/message'],
  ['a message that is a list', { message: [] }, '/message'],
  ['another domain name', { domain: { ...sign().domain, name: 'Anchorleaf Passport' } }, '/domain/name'],
  ['another domain version', { domain: { ...sign().domain, version: '2' } }, '/domain/version'],
  ['a chain id in words', { domain: { ...sign().domain, chainId: 'one' } }, '/domain/chainId'],
  ['a negative chain id', { domain: { ...sign().domain, chainId: '-1' } }, '/domain/chainId'],
  [
    'a chain id of 257 bits',
    { domain: { ...sign().domain, chainId: String(1n << 256n) } },
    '/domain/chainId',
  ],
  ['a chain id as number', { domain: { ...sign().domain, chainId: 31337 } }, '/domain/chainId'],
  [
    'a contract without checksum',
    { domain: { ...sign().domain, verifyingContract: sign().domain.verifyingContract.toLowerCase() } },
    '/domain/verifyingContract',
  ],
  ['a salt of 31 bytes', { domain: { ...sign().domain, salt: `0x${'5a'.repeat(31)}` } }, '/domain/salt'],
  ['a domain member more', { domain: { ...sign().domain, note: '' } }, '/domain/note'],
  ['limitations as a list', { limitationsText: [] }, '/limitationsText'],
  ['a reviewer with more than a digest', { reviewer: { digest: 'a', name: 'b' } }, '/reviewer/name'],
  ['no reviewer', { reviewer: null }, '/reviewer'],
  ['no name of the body', { names: { body: {} } }, '/names/body/zh'],
  ['a name in another language', { names: { body: { en: 'x', fr: 'y' } } }, '/names/body/fr'],
  ['names that are text', { names: 'x' }, '/names'],
  ['a signature that is not hex', { signature: '0xzz' }, '/signature'],
  ['a signature as number', { signature: 1 }, '/signature'],
])('%s is refused with its place', (_, change, pointer) => {
  refused(() => readOpinion(json({ ...sign(), ...change })), pointer);
});

test('each document member is required, and each message member', () => {
  for (const name of Object.keys(sign())) {
    const { [name]: _, ...rest } = sign() as unknown as Record<string, unknown>;
    refused(() => readOpinion(json(rest)), `/${name}`);
  }
  for (const { name } of OPINION_TYPES.Opinion) {
    const { [name]: _, ...rest } = message;
    refused(() => readOpinionMessage(json(rest)), `/message/${name}`);
  }
});

test.each([
  ['number', '0,0512'],
  ['number', '.5'],
  ['number', '05'],
  ['number', '5e-2'],
  ['number', ''],
  ['coverage', '0'],
  ['coverage', '4'],
  ['coverage', 'batch'],
  ['coverage', 1],
  ['engagement', '4'],
  ['level', '3'],
  ['opinion', '5'],
  ['opinion', '01'],
  ['periodStart', '-1'],
  ['periodStart', '1790812800.0'],
  ['validUntil', '18446744073709551615'],
  ['product', 'AB'],
  ['product', message.product.toUpperCase()],
  ['body', message.body.toLowerCase()],
  ['body', message.product],
  ['opinionId', `0x${'00'.repeat(32)}`],
  ['visit', null],
  ['periodEnd', message.periodStart],
  ['validUntil', message.validFrom],
])('%s as %p is refused', (name, value) => {
  refused(() => readOpinionMessage(json({ ...message, [name]: value })), `/message/${name}`);
});

test('a negative number and one without decimals are read', () => {
  for (const number of ['-0.5', '0', '12', '100.00'])
    expect(readOpinionMessage(json({ ...message, number })).number).toBe(number);
});

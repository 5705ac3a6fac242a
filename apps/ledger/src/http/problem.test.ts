import { BadRequestException, NotFoundException } from '@nestjs/common';
import { CanonicalError } from '#lib/canonical';
import { RpcUnreachable } from '../chain/json-rpc.ts';
import { problemDocument, refusalOf } from './problem.ts';
import { RefusalError } from './refusal.ts';

test('a refusal of a room keeps its code, pointer and remedy', () => {
  const error = new CanonicalError('canonical/duplicate-key', 'the key "a" stands twice; send it once', {
    pointer: '/a',
  });
  expect(refusalOf(error)).toEqual({
    status: 400,
    code: 'canonical/duplicate-key',
    detail: 'the key "a" stands twice; send it once',
    remedy: 'send it once',
    pointer: '/a',
  });
});

test.each([
  ['a missing route', new NotFoundException('nothing'), 404, 'http/not-found'],
  ['a bad request', new BadRequestException('bad'), 400, 'http/bad-request'],
  [
    'a large body',
    Object.assign(new Error('too large'), { statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' }),
    413,
    'http/too-large',
  ],
  ['a silent chain', new RpcUnreachable('no answer from the chain'), 503, 'chain/unreachable'],
  ['a large text', new CanonicalError('canonical/too-large', 'large'), 413, 'canonical/too-large'],
  [
    'a database that is not there',
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    503,
    'http/unavailable',
  ],
  [
    'a database that is going down',
    Object.assign(new Error('query'), { driverError: { code: '57P01' } }),
    503,
    'http/unavailable',
  ],
])('%s', (_, error, status, code) => {
  expect(refusalOf(error)).toMatchObject({ status, code });
});

test('anything else is a bug of ours and no refusal', () => {
  const bugs = [
    new Error('oops'),
    new TypeError('x is not a function'),
    Object.assign(new Error('query'), { code: '42P01' }),
    Object.assign(new Error('inner'), { statusCode: 500 }),
    'a string',
    null,
  ];
  for (const bug of bugs) expect(refusalOf(bug)).toBeNull();
});

test('the document has absolute type, title and every fact', () => {
  const facts = {
    status: 409,
    code: 'import/blocked',
    detail: '2 refusals are open',
    remedy: 'correct the file',
    place: { sheet: 'Electricity', row: 7, column: 'C' },
    errors: [{ code: 'import/negative', detail: '-3 kWh' }],
  };
  expect(problemDocument(new RefusalError(facts), 'https://example.org')).toEqual({
    ...facts,
    type: 'https://example.org/problems/import/blocked',
    title: 'Import: blocked',
  });
});

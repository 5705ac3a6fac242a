import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '#lib/canonical';
import { hostName } from './endpoints.ts';
import { readBundle, readRoot, VerificationError } from './index.ts';

const load = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../test/vectors/golden/${name}`, import.meta.url), 'utf8'),
  ) as JsonObject;
const bundle = load('bundle.json');
const root = load('root.json');

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof VerificationError) return `${error.code} ${error.pointer}`;
    throw error;
  }
  return 'read';
}

const without = ({ ...value }: JsonObject, name: string): JsonObject => {
  delete (value as Record<string, JsonValue>)[name];
  return value;
};

describe('bundle', () => {
  test.each<[string, Uint8Array | string | JsonObject, string]>([
    ['not JSON', '{', 'bundle/not-json '],
    ['duplicate keys', '{"format":"a","format":"b"}', 'bundle/not-json /format'],
    ['a prototype key', '{"__proto__":1}', 'bundle/not-json /__proto__'],
    ['a list', '[]', 'bundle/unknown-format /format'],
    ['another format', '{"format":"anchorleaf-bundle/v2"}', 'bundle/unknown-format /format'],
    ['too large', ' '.repeat(8 * 1024 * 1024 + 1), 'bundle/too-large '],
    ['bad UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 'bundle/not-json '],
    ['an unknown member', { ...bundle, note: 'hello' }, 'bundle/malformed /note'],
    [
      'documents in another order',
      { ...bundle, documents: [...(bundle.documents as JsonValue[])].reverse() },
      'bundle/malformed /documents/1',
    ],
    [
      'an entry twice',
      { ...bundle, entries: [(bundle.entries as JsonValue[])[0]!, (bundle.entries as JsonValue[])[0]!] },
      'bundle/malformed /entries/1',
    ],
    [
      'a head that is not there',
      { ...bundle, entries: [{ ...((bundle.entries as JsonObject[])[0] as JsonObject), head: 9 }] },
      'bundle/malformed /entries/0/head',
    ],
    ['two registrations', { ...bundle, registrations: [1, 2] }, 'bundle/malformed /registrations'],
    [
      'a size above 2^64',
      { ...bundle, heads: [{ ...(bundle.heads as JsonObject[])[0], size: '18446744073709551616' }] },
      'bundle/malformed /heads/0/size',
    ],
    [
      'a size with a zero before it',
      { ...bundle, heads: [{ ...(bundle.heads as JsonObject[])[0], size: '01' }] },
      'bundle/malformed /heads/0/size',
    ],
  ])('%s', (_, input, want) => expect(refusal(() => readBundle(input))).toBe(want));

  test.each(Object.keys(bundle).filter((name) => name !== 'format'))('without %s', (name) => {
    expect(refusal(() => readBundle(without(bundle, name)))).toBe(`bundle/missing-member /${name}`);
  });

  test('whatever stands where, it is read or refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(bundle)), fc.jsonValue(), (name, value) => {
        refusal(() => readBundle({ ...bundle, [name]: value as JsonValue }));
      }),
      { numRuns: 300 },
    );
  });
});

describe('root', () => {
  test('reads', () => {
    const read = readRoot(root);
    expect(read.log.key.name).toBe(read.log.origin);
    expect(read.head?.size).toBeGreaterThan(0n);
  });

  test.each<[string, string | JsonObject, string]>([
    ['not JSON', 'root', 'root/not-json '],
    ['another format', { ...root, format: 'x' }, 'root/unknown-format /format'],
    [
      'an unknown kind of chain',
      { ...root, chain: { ...(root.chain as JsonObject), kind: 'main' } },
      'root/malformed /chain/kind',
    ],
    [
      'a key of another name',
      { ...root, log: { ...(root.log as JsonObject), origin: 'x/log' } },
      'root/malformed /log/key',
    ],
    [
      'an endpoint that is no http address',
      { ...root, endpoints: ['file:///x'] },
      'root/malformed /endpoints/0',
    ],
    [
      'a head with a time that does not exist',
      { ...root, head: { ...(root.head as JsonObject), time: '2026-02-30T00:00:00Z' } },
      'root/malformed /head/time',
    ],
    ['an address that is none', { ...root, authorities: ['0x12'] }, 'root/malformed /authorities/0'],
  ])('%s', (_, input, want) => expect(refusal(() => readRoot(input))).toBe(want));

  test.each(Object.keys(root).filter((name) => name !== 'format'))('without %s', (name) => {
    expect(refusal(() => readRoot(without(root, name)))).toBe(`root/missing-member /${name}`);
  });
});

test.each([
  ['https://Ledger.example:8443/rpc', 'ledger.example'],
  ['https://ledger.example./rpc', 'ledger.example'],
  ['http://[::1]:8545', '[::1]'],
  ['ledger.example/log', 'ledger.example'],
  ['localhost:8787', 'localhost'],
  ['https:///x', ''],
  // fetch refuses the first; it would go to ledger.example for the others
  ['http://user:secret@ledger.example/', ''],
  ['https://ledger.example\\@two.example/', ''],
  ['https://ledger%2Eexample/', ''],
  ['https://ledger\t.example/', ''],
])('hostName(%s)', (address, host) => expect(hostName(address)).toBe(host));

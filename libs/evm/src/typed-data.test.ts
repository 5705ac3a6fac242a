import { TypedDataEncoder } from 'ethers';
import fc from 'fast-check';
import { formatData } from './data.ts';
import {
  domainSeparator,
  encodeType,
  structHash,
  type TypedDataDomain,
  typedDataDigest,
} from './typed-data.ts';

const TYPES = {
  Note: [
    { name: 'id', type: 'bytes32' },
    { name: 'from', type: 'address' },
    { name: 'kind', type: 'uint8' },
    { name: 'at', type: 'uint64' },
    { name: 'amount', type: 'uint256' },
    { name: 'text', type: 'string' },
    { name: 'raw', type: 'bytes' },
    { name: 'final', type: 'bool' },
    { name: 'tag', type: 'bytes4' },
  ],
} as const;
const domain = {
  name: 'Example',
  version: '1',
  chainId: 31337n,
  verifyingContract: '0x00000000000000000000000000000000000000aa',
  salt: `0x${'5a'.repeat(32)}`,
};
const message = {
  id: `0x${'01'.repeat(32)}`,
  from: '0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826',
  kind: 2n,
  at: '1793000000',
  amount: (1n << 256n) - 1n,
  text: '每件 0.0512 kgCO2e',
  raw: '0x00ff',
  final: true,
  tag: '0xdeadbeef',
};

test('the type string is the one of EIP-712', () => {
  expect(encodeType('Note', TYPES.Note)).toBe(
    'Note(bytes32 id,address from,uint8 kind,uint64 at,uint256 amount,string text,bytes raw,bool final,bytes4 tag)',
  );
});

test('the example of EIP-712 (domain of "Ether Mail") has its published separator', () => {
  expect(
    formatData(
      domainSeparator({
        name: 'Ether Mail',
        version: '1',
        chainId: 1n,
        verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC',
      }),
    ),
  ).toBe('0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f');
});

test('the person of EIP-712 hashes as published', () => {
  const types = {
    Person: [
      { name: 'name', type: 'string' },
      { name: 'wallet', type: 'address' },
    ],
  };
  const cow = { name: 'Cow', wallet: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826' };
  expect(formatData(structHash(types, 'Person', cow))).toBe(
    '0xfc71e5fa27ff56c350aa531bc129ebdf613b772b6604664f5d8dbe21b85eb0c8',
  );
});

test('digest equals the one of ethers, for any message', () => {
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((b) => formatData(b));
  const uint = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
  fc.assert(
    fc.property(
      fc.record({
        id: bytes(32),
        from: bytes(20),
        kind: uint(8),
        at: uint(64).map(String),
        amount: uint(256),
        text: fc.string({ unit: 'grapheme' }),
        raw: fc.uint8Array({ maxLength: 80 }).map((b) => formatData(b)),
        final: fc.boolean(),
        tag: bytes(4),
      }),
      (any) => {
        expect(formatData(typedDataDigest(domain, TYPES, 'Note', any))).toBe(
          TypedDataEncoder.hash(domain, { Note: [...TYPES.Note] }, any),
        );
      },
    ),
  );
});

test('every choice of domain members gives the separator of ethers', () => {
  const names = Object.keys(domain) as (keyof typeof domain)[];
  for (let mask = 0; mask < 1 << names.length; mask++) {
    const some = Object.fromEntries(
      names.filter((_, at) => mask & (1 << at)).map((name) => [name, domain[name]]),
    );
    expect(formatData(domainSeparator(some as TypedDataDomain))).toBe(TypedDataEncoder.hashDomain(some));
  }
});

test.each([
  ['a member that is not in the type', { ...message, extra: 'shown but not signed' }, 'evm/unsigned-field'],
  ['a missing member', { ...message, text: undefined } as never, 'evm/value-out-of-range'],
  ['a uint8 of 256', { ...message, kind: 256n }, 'evm/value-out-of-range'],
  ['a negative uint', { ...message, at: '-1' }, 'evm/value-out-of-range'],
  ['a uint with a leading zero', { ...message, at: '01' }, 'evm/value-out-of-range'],
  ['a fraction', { ...message, at: '1.5' }, 'evm/value-out-of-range'],
  ['31 bytes for bytes32', { ...message, id: `0x${'01'.repeat(31)}` }, 'evm/malformed-data'],
  ['hex without 0x', { ...message, id: '01'.repeat(32) }, 'evm/malformed-data'],
  ['a short address', { ...message, from: '0x00' }, 'evm/malformed-address'],
  ['text for a bool', { ...message, final: 'true' }, 'evm/value-out-of-range'],
])('%s is refused', (_, bad, code) => {
  expect(() => typedDataDigest(domain, TYPES, 'Note', bad)).toThrow(
    expect.objectContaining({ name: 'EvmError', code }),
  );
});

test('a member on the prototype is no member', () => {
  const { text, ...rest } = message;
  const inherited = Object.assign(Object.create({ text }), rest);
  expect(() => structHash(TYPES, 'Note', inherited)).toThrow(
    expect.objectContaining({ code: 'evm/missing-field' }),
  );
});

test('an unknown primary type, domain member or member type is refused', () => {
  const unknown = (run: () => unknown, code: string) =>
    expect(run).toThrow(expect.objectContaining({ code }));
  unknown(() => structHash(TYPES, 'Other', message), 'evm/unknown-type');
  unknown(() => domainSeparator({ ...domain, chain: 1n } as never), 'evm/unsigned-field');
  for (const type of ['uint', 'uint7', 'uint264', 'bytes0', 'bytes33', 'int8', 'Note', 'uint8[]'])
    unknown(() => structHash({ T: [{ name: 'a', type }] }, 'T', { a: 1n }), 'evm/unknown-type');
});

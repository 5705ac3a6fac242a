import { AbiCoder, Interface } from 'ethers';
import fc from 'fast-check';
import { decodeWords, encodeCall, encodeWords, selector } from './abi.ts';
import { formatData } from './data.ts';

const coder = AbiCoder.defaultAbiCoder();
const address = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const bytes32 = `0x${'ab'.repeat(32)}`;
const refused = (run: () => unknown, code: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'EvmError', code }));

test('selectors of well-known functions (ERC-20, ERC-721)', () => {
  expect(selector('transfer(address,uint256)')).toBe('0xa9059cbb');
  expect(selector('ownerOf(uint256)')).toBe('0x6352211e');
});

test('calldata equals that of ethers', () => {
  const iface = new Interface([
    'function head(bytes32,uint64)',
    'function inspect(uint256,address[])',
    'function verifyInclusion(bytes32,uint64,uint64,bytes32,bytes32[])',
    'function several(uint8[],bool,bytes4[])',
    'function items((uint64,address)[],uint8)',
    'function nothing()',
  ]);
  const cases: [string, Parameters<typeof encodeCall>[1]][] = [
    ['head(bytes32,uint64)', [bytes32, (1n << 64n) - 1n]],
    ['inspect(uint256,address[])', [7n, [address, '0x00000000000000000000000000000000000000ff']]],
    ['inspect(uint256,address[])', [7n, []]],
    [
      'verifyInclusion(bytes32,uint64,uint64,bytes32,bytes32[])',
      [bytes32, 9n, '8', bytes32, [bytes32, bytes32]],
    ],
    ['several(uint8[],bool,bytes4[])', [[1n, 255n], true, ['0x01020304']]],
    [
      'items((uint64,address)[],uint8)',
      [
        [
          [1n, address],
          [2n, address],
        ],
        3n,
      ],
    ],
    ['nothing()', []],
  ];
  for (const [signature, values] of cases)
    expect(encodeCall(signature, values)).toBe(iface.encodeFunctionData(signature, values));
});

test('abi.encode of static words', () => {
  const types = ['address', 'bytes32', 'bytes32', 'uint32', 'bool'];
  const values = [address, bytes32, bytes32, 3n, false];
  expect(formatData(encodeWords(types, values))).toBe(coder.encode(types, values));
});

test('results read back as they were encoded, also with arrays of structs behind', () => {
  const types = [
    'uint64',
    'bytes32',
    'address',
    'bool',
    'bytes4',
    '(uint8,uint64,bytes32)[]',
    'uint256[]',
    'uint8',
  ] as const;
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
      fc.boolean(),
      fc.array(
        fc.tuple(
          fc.bigInt({ min: 0n, max: 255n }),
          fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
          fc.constant(bytes32),
        ),
        { maxLength: 4 },
      ),
      fc.array(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), { maxLength: 4 }),
      (size, flag, structs, numbers) => {
        const values = [size, bytes32, address, flag, '0x01020304', structs, numbers, 9n];
        expect(decodeWords(coder.encode([...types], values), types)).toEqual(values);
        expect(formatData(encodeWords(types, values))).toBe(coder.encode([...types], values));
      },
    ),
  );
});

test('the types of the results are known to the compiler', () => {
  const [size, root, final, flags] = decodeWords(
    coder.encode(['uint64', 'bytes32', 'bool', '(uint8,bool)[]'], [1n, bytes32, true, []]),
    ['uint64', 'bytes32', 'bool', '(uint8,bool)[]'],
  );
  const typed: [bigint, string, boolean, number] = [size, root, final, flags.length];
  expect(typed).toEqual([1n, bytes32, true, 0]);
});

describe('a lying node', () => {
  const word = (hex: string) => hex.padStart(64, '0');
  test.each([
    ['no contract there', '0x', ['uint64']],
    ['half a word', `0x${'00'.repeat(16)}`, ['uint64']],
    ['a word too few', `0x${word('1')}`, ['uint64', 'uint64']],
    ['a word too many', `0x${word('1')}${word('1')}`, ['uint64']],
    ['a uint64 of 65 bits', `0x${word(`1${'0'.repeat(16)}`)}`, ['uint64']],
    ['a bool of 2', `0x${word('2')}`, ['bool']],
    ['an address with high bytes', `0x${'1'.padEnd(64, '0')}`, ['address']],
    ['bytes4 with a tail', `0x${word('1')}`, ['bytes4']],
    ['an array that overlaps its head', `0x${word('0')}`, ['uint8[]']],
    ['an array behind a gap', `0x${word('40')}${word('0')}${word('0')}`, ['uint8[]']],
    ['an array longer than the answer', `0x${word('20')}${'f'.repeat(64)}`, ['uint8[]']],
    ['an array cut off', `0x${word('20')}${word('2')}${word('1')}`, ['uint8[]']],
    ['more behind the array', `0x${word('20')}${word('1')}${word('1')}${word('1')}`, ['uint8[]']],
  ])('%s is refused', (_, data, types) => {
    refused(() => decodeWords(data, types), 'evm/malformed-result');
  });
  test('text that is not hex is refused', () => {
    for (const data of ['', '0x0', '00', '0xgg', null, 5, {}])
      refused(() => decodeWords(data as string, []), 'evm/malformed-data');
  });
  test('any bytes give values or an EvmError, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decodeWords(formatData(bytes), ['uint64', '(address,bool)[]', 'bytes4']);
        } catch (error) {
          expect(error).toMatchObject({ name: 'EvmError' });
        }
      }),
    );
  });
});

test('wrong values and types are refused before anything is sent', () => {
  refused(() => encodeCall('f(uint64)', [1n << 64n]), 'evm/value-out-of-range');
  refused(() => encodeCall('f(uint64)', []), 'evm/value-out-of-range');
  refused(() => encodeCall('f(uint64[])', [1n]), 'evm/value-out-of-range');
  refused(() => encodeCall('f((uint8,bool)[])', [[[1n]]]), 'evm/value-out-of-range');
  refused(() => encodeCall('f((uint8,bool)[])', [[[1n, true, 3n]]]), 'evm/value-out-of-range');
  refused(() => encodeCall('f(uint64)', [-1n]), 'evm/value-out-of-range');
  refused(() => encodeCall('f(uint64)', [5 as never]), 'evm/value-out-of-range');
  refused(() => encodeCall('f(uint64)', ['5n']), 'evm/value-out-of-range');
  refused(() => encodeCall('f(bytes32)', [5n]), 'evm/value-out-of-range');
  for (const type of ['uint7', 'uint264', 'bytes33', 'uint', 'uint8)'])
    refused(() => encodeWords([type], [1n]), 'evm/unknown-type');
  refused(() => encodeCall('f(string)', ['text']), 'evm/unknown-type');
  refused(() => decodeWords(`0x${'00'.repeat(32)}`, ['int8']), 'evm/unknown-type');
});

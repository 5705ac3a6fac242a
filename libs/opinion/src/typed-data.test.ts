import { AbiCoder, id, keccak256, TypedDataEncoder, Wallet } from 'ethers';
import fc from 'fast-check';
import { encodeType, formatData, recoverAddress, signDigest } from '#lib/evm';
import { BODY_KEY, contract, message, mint, sign } from './example.test-data.ts';
import {
  MINT_TYPES,
  mintAuthorisationDigest,
  mintDomain,
  OPINION_TYPES,
  opinionDigest,
  opinionDomain,
  opinionIdOf,
  opinionWords,
  recoverBody,
  tokenIdOf,
} from './typed-data.ts';

const ethersTypes = <T extends Record<string, readonly { name: string; type: string }[]>>(types: T) =>
  Object.fromEntries(Object.entries(types).map(([name, fields]) => [name, [...fields]]));

// Permanent: the contracts hash these very strings.
test('the type strings', () => {
  expect(encodeType('Opinion', OPINION_TYPES.Opinion)).toBe(
    'Opinion(bytes32 opinionId,address body,address registrar,address issuer,bytes32 product,bytes32 facility,bytes32 method,uint8 coverage,bytes32 batch,' +
      'uint64 periodStart,uint64 periodEnd,bytes32 footprint,bytes32 inputsRoot,string productName,string number,string unit,string boundary,string criteria,string standard,' +
      'uint8 engagement,string certificateNumber,uint8 level,string materiality,uint8 opinion,bytes32 limitations,string visit,bytes32 report,string reportNumber,bytes32 reviewer,uint64 validFrom,uint64 validUntil)',
  );
  expect(encodeType('MintAuthorisation', MINT_TYPES.MintAuthorisation)).toBe(
    'MintAuthorisation(bytes32 logId,address issuer,bytes32 product,bytes32 lot,uint32 release,bytes32 content,bytes32 facility,bytes32 method,bytes32 footprint,uint64 producedFrom,uint64 producedUntil,bytes32 opinionId,uint256 supersedes,uint64 deadline)',
  );
});

test('digests equal those of ethers', () => {
  expect(formatData(opinionDigest(message, contract))).toBe(
    TypedDataEncoder.hash(opinionDomain(contract), ethersTypes(OPINION_TYPES), message),
  );
  expect(formatData(mintAuthorisationDigest(mint, contract))).toBe(
    TypedDataEncoder.hash(mintDomain(contract), ethersTypes(MINT_TYPES), mint),
  );
});

test('the example has a permanent digest', () => {
  expect(formatData(opinionDigest(message, contract))).toBe(
    '0x9cc68e509588aa1ab02ba2b2d633c4ce573bdbc93673a69280b7591910d165e0',
  );
});

test('a wallet signs what we check, and the other way round', async () => {
  const wallet = new Wallet(formatData(BODY_KEY));
  const signature = await wallet.signTypedData(opinionDomain(contract), ethersTypes(OPINION_TYPES), message);
  expect(signature).toBe(sign().signature);
  expect(recoverBody(message, contract, signature)).toBe(wallet.address);
  const authorisation = await wallet.signTypedData(mintDomain(contract), ethersTypes(MINT_TYPES), mint);
  expect(recoverAddress(mintAuthorisationDigest(mint, contract), authorisation)).toBe(wallet.address);
});

test('an opinion and a mint authorisation never have one domain', () => {
  expect(TypedDataEncoder.hashDomain(opinionDomain(contract))).not.toBe(
    TypedDataEncoder.hashDomain(mintDomain(contract)),
  );
});

test('any changed member, chain, contract or salt changes the digest', () => {
  const good = formatData(opinionDigest(message, contract));
  for (const { name, type } of OPINION_TYPES.Opinion) {
    const other = {
      string: `${message[name]} `,
      address: contract.verifyingContract,
      bytes32: `0x${'77'.repeat(32)}`,
    };
    const changed = { ...message, [name]: other[type as 'string'] ?? String(BigInt(message[name]) + 1n) };
    expect(formatData(opinionDigest(changed, contract))).not.toBe(good);
    expect(recoverBody(changed, contract, sign().signature)).not.toBe(message.body);
  }
  for (const change of [
    { chainId: '1' },
    { verifyingContract: message.body },
    { salt: `0x${'00'.repeat(32)}` },
  ])
    expect(formatData(opinionDigest(message, { ...contract, ...change }))).not.toBe(good);
});

test('words: strings as their Keccak hash, all else as it is; the contract hashes them to the same struct', () => {
  const words = opinionWords(message);
  expect(Object.keys(words)).toEqual(OPINION_TYPES.Opinion.map(({ name }) => name));
  expect(words.number).toBe(id('0.0512'));
  expect(words.certificateNumber).toBe(id(''));
  expect([words.body, words.coverage, words.product]).toEqual([
    message.body,
    message.coverage,
    message.product,
  ]);
  // keccak256(abi.encode(typeHash, words...)), as Solidity computes it
  const types = OPINION_TYPES.Opinion.map(({ type }) => (type === 'string' ? 'bytes32' : type));
  const typeHash = id(encodeType('Opinion', OPINION_TYPES.Opinion));
  const struct = keccak256(
    AbiCoder.defaultAbiCoder().encode(['bytes32', ...types], [typeHash, ...Object.values(words)]),
  );
  expect(struct).toBe(TypedDataEncoder.from(ethersTypes(OPINION_TYPES)).hashStruct('Opinion', message));
});

test('the token id is the hash of issuer, product, lot and release, as ethers encodes them', () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => formatData(bytes));
  const release = fc.nat({ max: 0xffffffff }).map(String);
  fc.assert(
    fc.property(bytes32, bytes32, release, (product, lot, release) => {
      const encoded = AbiCoder.defaultAbiCoder().encode(
        ['address', 'bytes32', 'bytes32', 'uint32'],
        [mint.issuer, product, lot, release],
      );
      expect(tokenIdOf({ issuer: mint.issuer, product, lot, release })).toBe(BigInt(keccak256(encoded)));
    }),
  );
  expect(tokenIdOf(mint)).not.toBe(tokenIdOf({ ...mint, release: '2' }));
});

test('a member missing, extra or out of range has no digest', () => {
  const { visit, ...rest } = message;
  expect(() => opinionDigest(rest as never, contract)).toThrow(
    expect.objectContaining({ code: 'evm/missing-field' }),
  );
  expect(() => opinionDigest({ ...message, note: visit } as never, contract)).toThrow(
    expect.objectContaining({ code: 'evm/unsigned-field' }),
  );
  expect(() => opinionDigest({ ...message, coverage: '256' }, contract)).toThrow(
    expect.objectContaining({ code: 'evm/value-out-of-range' }),
  );
  expect(() => mintAuthorisationDigest({ ...mint, release: '-1' }, contract)).toThrow(
    expect.objectContaining({ code: 'evm/value-out-of-range' }),
  );
});

test('an opinion id begins with its body and ends in 12 bytes of choice', () => {
  expect(opinionIdOf(contract.verifyingContract, new Uint8Array(12).fill(0xab))).toBe(
    `${contract.verifyingContract.toLowerCase()}${'ab'.repeat(12)}`,
  );
  expect(() => opinionIdOf(contract.verifyingContract, new Uint8Array(11))).toThrow('12 bytes');
});

test('signatures are deterministic', () => {
  expect(signDigest(opinionDigest(message, contract), BODY_KEY)).toBe(sign().signature);
});

import { Wallet } from 'ethers';
import { bumpFees, FeeTooHigh, feesOf, firstFees } from './fees.ts';
import { KeyFileSigner, signTransaction } from './signer.ts';

test('the first fee leaves room for rising prices, up to the ceiling', () => {
  const price = { base: 10n, tip: 2n };
  expect(firstFees(price, null)).toEqual({ maxFeePerGas: 22n, maxPriorityFeePerGas: 2n });
  expect(firstFees(price, 15n)).toEqual({ maxFeePerGas: 15n, maxPriorityFeePerGas: 2n });
  expect(firstFees(price, 12n)).toEqual({ maxFeePerGas: 12n, maxPriorityFeePerGas: 2n });
  expect(() => firstFees(price, 11n)).toThrow(FeeTooHigh);
  expect(firstFees({ base: 0n, tip: 0n }, 0n)).toEqual({ maxFeePerGas: 0n, maxPriorityFeePerGas: 0n });
});

test('a replacement pays at least an eighth more, and at least what is asked now', () => {
  const before = { maxFeePerGas: 1000n, maxPriorityFeePerGas: 0n };
  const bumped = bumpFees(before, { base: 0n, tip: 0n }, null);
  expect(bumped.maxFeePerGas).toBe(1126n);
  expect(bumped.maxPriorityFeePerGas).toBeGreaterThan(0n);
  expect(bumpFees(before, { base: 4961n, tip: 77n }, null)).toEqual({
    maxFeePerGas: 9999n,
    maxPriorityFeePerGas: 77n,
  });
});

test('a replacement stays under the ceiling, and waits when a node would not take what is left', () => {
  const before = { maxFeePerGas: 1000n, maxPriorityFeePerGas: 10n };
  expect(bumpFees(before, { base: 5000n, tip: 10n }, 1200n)).toEqual({
    maxFeePerGas: 1200n,
    maxPriorityFeePerGas: 12n,
  });
  expect(() => bumpFees(before, { base: 5000n, tip: 10n }, 1125n)).toThrow(FeeTooHigh);
});

test('signed bytes are those of the same wallet, and tell their fees', async () => {
  const wallet = Wallet.createRandom();
  const fields = {
    chainId: 31337n,
    nonce: 7,
    to: wallet.address,
    data: '0x1234',
    gasLimit: 21_000n,
    maxFeePerGas: 30n,
    maxPriorityFeePerGas: 2n,
  };
  const signer = new KeyFileSigner({ address: wallet.address, secretKey: wallet.privateKey });
  const { raw, hash } = await signTransaction(signer, fields);
  expect(raw).toBe(await wallet.signTransaction({ ...fields, type: 2 }));
  expect(hash).toMatch(/^0x[0-9a-f]{64}$/);
  expect(feesOf(raw)).toEqual({ maxFeePerGas: 30n, maxPriorityFeePerGas: 2n });
});

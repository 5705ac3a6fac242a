import { Wallet } from 'ethers';
import { bumpFees, feesOf } from './fees.ts';
import { KeyFileSigner, signTransaction } from './signer.ts';

test('a replacement pays at least a tenth more, and at least what is asked now', () => {
  const before = { maxFeePerGas: 1000n, maxPriorityFeePerGas: 0n };
  const bumped = bumpFees(before, { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n });
  expect(bumped.maxFeePerGas * 10n).toBeGreaterThanOrEqual(before.maxFeePerGas * 11n);
  expect(bumped.maxPriorityFeePerGas).toBeGreaterThan(0n);
  expect(bumpFees(before, { maxFeePerGas: 9999n, maxPriorityFeePerGas: 77n })).toEqual({
    maxFeePerGas: 9999n,
    maxPriorityFeePerGas: 77n,
  });
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

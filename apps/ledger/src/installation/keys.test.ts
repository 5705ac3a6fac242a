import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64url, utf8 } from '#lib/canonical';
import { addressOf, parseData } from '#lib/evm';
import { SystemRandom } from '../random.ts';
import { writeOnce } from './kept-file.ts';
import {
  deriveSecret,
  ed25519PrivateKey,
  ed25519PublicKey,
  KeyFolder,
  makeChainKey,
  signEd25519,
} from './keys.ts';

const random = new SystemRandom();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('Ed25519 as in RFC 8032 §7.1, test 2', () => {
  const seed = parseData('0x4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
  expect(Buffer.from(ed25519PublicKey(seed)).toString('hex')).toBe(
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  );
  const signature = signEd25519(ed25519PrivateKey(seed), Uint8Array.of(0x72));
  expect(Buffer.from(signature).toString('hex')).toBe(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  );
});

test('keys made here verify with the code that readers run', async () => {
  const keys = new KeyFolder(folder, random);
  const { publicKey, secretKey } = await keys.log();
  const signature = signEd25519(ed25519PrivateKey(fromBase64url(secretKey)), utf8('x'));
  expect(ed25519.verify(signature, utf8('x'), fromBase64url(publicKey))).toBe(true);
  const { address, secretKey: chainKey } = makeChainKey(random);
  expect(addressOf(parseData(chainKey, 32))).toBe(address);
});

test('a key file is made once, also when many ask at the same time, and only its owner reads it', async () => {
  const keys = Array.from({ length: 20 }, () => new KeyFolder(folder, random));
  const made = await Promise.all(keys.map((one) => one.issuer('plates', 'uuid')));
  const kept = JSON.parse(await readFile(join(folder, 'plates.json'), 'utf8'));
  for (const one of made) expect(one).toEqual(kept);
  expect((await stat(join(folder, 'plates.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['plates.json']);
});

test('a second write changes nothing', async () => {
  const path = join(folder, 'file');
  expect(await writeOnce(path, 'first', 0o600)).toBe(true);
  expect(await writeOnce(path, 'second', 0o600)).toBe(false);
  expect(await readFile(path, 'utf8')).toBe('first');
});

test('secrets of two purposes have nothing in common', () => {
  const secret = random.bytes(32);
  expect(deriveSecret(secret, 'a')).toEqual(deriveSecret(secret, 'a'));
  expect(deriveSecret(secret, 'a')).not.toEqual(deriveSecret(secret, 'b'));
});

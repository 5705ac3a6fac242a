import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { checkFactorSet, readFactorSet } from './factor-set.ts';

const page = readFileSync(new URL('../../../docs/formats/hourly.md', import.meta.url), 'utf8');

test('the set in docs/formats/hourly.md is read and its signature holds', async () => {
  const [, block = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  const set = readFactorSet(JSON.parse(block));
  const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
    ed25519.verify(signature, message, key);
  expect(await checkFactorSet(set, verify, new Map([['provider.example', [set.provider.key!]]]))).toBe(
    'valid',
  );
  expect(await checkFactorSet({ ...set, zone: 'CN-SH' }, verify, new Map())).toBe('invalid');
});

test('the page names every note that the room writes', () => {
  const figures = readFileSync(new URL('./figures.ts', import.meta.url), 'utf8');
  const notes = [...figures.matchAll(/'(hourly\/[a-z-]+)'(?=[\],])/g)]
    .map(([, note]) => note!)
    .filter((note) => !/inventory-factor|bad-signature|zone-mismatch|malformed-period/.test(note));
  expect(notes.length).toBeGreaterThan(7);
  expect(notes.filter((note) => !page.includes(note))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { toHex, utf8 } from '#lib/canonical';
import { formatCheckpoint, openCheckpoint } from './checkpoint.ts';
import { checkConsistency, proveConsistency } from './consistency.ts';
import { cosign, cosignerKey } from './cosignature.ts';
import { leafHash, treeHash } from './hash.ts';
import { checkInclusion, proveInclusion } from './inclusion.ts';
import { readerOf } from './nodes.ts';
import { formatVerifierKey, parseVerifierKey, signNote } from './note.ts';
import { formatLogProof, parseLogProof } from './proof-file.ts';
import { encodeEntryTile, newTiles, tilePath } from './tile.ts';

const page = readFileSync(new URL('../../../docs/formats/log.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```\n(.*?)```/gs)].map(([, block = '']) => block);

const name = 'ledger.example/log';
const secretKey = new Uint8Array(32).fill(1);
const entries = ['first', 'second', 'third'].map(utf8);
const leaves = entries.map(leafHash);
const read = readerOf(leaves);
const root = treeHash(leaves);
const vkey = formatVerifierKey(name, ed25519.getPublicKey(secretKey));
const note = signNote(formatCheckpoint({ origin: name, size: 3n, root }), { name, secretKey });
const witness = { name: 'witness.example/w', secretKey: new Uint8Array(32).fill(2) };
const line = cosign(formatCheckpoint({ origin: name, size: 3n, root }), witness, 1_793_000_000n);
const proof = proveInclusion(read, 2n, 3n);

test('docs/formats/log.md shows what we compute', () => {
  const size2 = toHex(treeHash(leaves.slice(0, 2)));
  const lines = [
    ...leaves.map((leaf, at) => `leaf ${at}  ${toHex(leaf)}`),
    `size 2  ${size2}`,
    `size 3  ${toHex(root)}`,
  ];
  expect(blocks).toEqual([
    `${lines.join('\n')}\n`,
    `${vkey}\n`,
    note,
    `${cosignerKey(witness)}\n${line}`,
    `${toHex(encodeEntryTile(entries))}\n`,
    formatLogProof({ index: 2n, proof, checkpoint: note }),
  ]);
  expect(proof.map(toHex)).toEqual([size2]);
  expect(proveConsistency(read, 2n, 3n)).toEqual([leaves[2]]);
  expect(newTiles(0n, 3n).map(tilePath)).toEqual(['tile/0/000.p/3']);
});

test('the proof file on the page is checked as the page says', () => {
  const file = parseLogProof(blocks.at(-1) as string);
  const { size, root } = openCheckpoint(file.checkpoint, parseVerifierKey(vkey));
  const claim = { leafHash: leafHash(utf8('third')), index: file.index, size, proof: file.proof, root };
  expect(checkInclusion(claim)).toBe(true);
  expect(checkInclusion({ ...claim, leafHash: leafHash(utf8('other')) })).toBe(false);
  const root1 = treeHash(leaves.slice(0, 2));
  expect(
    checkConsistency({ size1: 2n, root1, size2: 3n, root2: root, proof: proveConsistency(read, 2n, 3n) }),
  ).toBe(true);
});

test('the cosignature on the page holds for the checkpoint above it', () => {
  const [vkey = '', cosignature = ''] = (blocks[3] as string).split('\n');
  const opened = openCheckpoint(`${blocks[2]}${cosignature}\n`, parseVerifierKey(blocks[1]!.trim()), [
    parseVerifierKey(vkey),
  ]);
  expect(opened.witnessedBy).toMatchObject([{ name: 'witness.example/w', time: 1_793_000_000n }]);
});

test('the page is right about sizes that one proof fits', () => {
  const first = leaves[0] as Uint8Array;
  const claim = { leafHash: first, index: 0n, size: 3n, proof: proveInclusion(read, 0n, 3n), root };
  expect(checkInclusion(claim)).toBe(true);
  expect(checkInclusion({ ...claim, size: 4n })).toBe(true);
});

// Writes the test vectors that every implementation must judge alike: the TypeScript rooms, the contracts and the built
// browser bundle. Made by others than the code under test: proofs by the recursive definition of RFC 9162, typed data
// and signatures by ethers.
//   node --conditions=source scripts/generate-vectors.ts           write test/vectors/{merkle,typed-data}.json
//   node --conditions=source scripts/generate-vectors.ts --check   compare, exit 1 when stale
import { readFileSync, writeFileSync } from 'node:fs';
import { merkleVectors } from './vectors/merkle.ts';
import { typedDataVectors } from './vectors/typed-data.ts';

/** A case a line, so that a change shows as its own line in a diff. */
const print = (vectors: readonly object[]) =>
  `[\n${vectors.map((vector) => JSON.stringify(vector)).join(',\n')}\n]\n`;

const FILES: Record<string, () => string> = {
  'test/vectors/merkle.json': () => print(merkleVectors()),
  'test/vectors/typed-data.json': () => print([...typedDataVectors()]),
};

const check = process.argv.includes('--check');
for (const [file, make] of Object.entries(FILES)) {
  const url = new URL(`../${file}`, import.meta.url);
  const text = make();
  if (!check) writeFileSync(url, text);
  else if (readFileSync(url, 'utf8') !== text) {
    console.error(`${file} is stale: run node --conditions=source scripts/generate-vectors.ts`);
    process.exitCode = 1;
  }
}

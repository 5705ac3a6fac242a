// Assembles the hash kernel of libs/transparency-log: `node --conditions=source scripts/build-wasm.ts` writes
// hash-lanes.wasm.ts again. The result is kept in the repository, so that nobody needs an assembler to run the product; a test
// builds it anew and compares each byte.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';
import { ROOT } from './build.ts';
import { sha256Lanes } from './wasm/sha256-lanes.ts';

export const KERNEL_FILE = join(ROOT, 'libs/transparency-log/src/hash-lanes-module.ts');

/** The text of the module that holds the kernel's bytes. */
export async function kernelModule(): Promise<string> {
  const { parseWat } = await wabt();
  const parsed = parseWat('sha256-lanes.wat', sha256Lanes(), { simd: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return [
    '// Built by scripts/build-wasm.ts out of scripts/wasm; a test compares. Not to be edited.',
    `/** The WebAssembly module of hash-lanes.ts, ${buffer.length} bytes in base64. */`,
    `export const HASH_LANES_MODULE =\n  '${Buffer.from(buffer).toString('base64')}';`,
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(KERNEL_FILE, await kernelModule());

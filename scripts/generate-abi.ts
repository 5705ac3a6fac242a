/**
 * Compiles the contracts and writes what the service needs of them at run time, where there is no compiler:
 * `{ [name]: { abi, bytecode } }`, `bytecode` being the creation code.
 *
 *     node --conditions=source scripts/generate-abi.ts           writes the file
 *     node --conditions=source scripts/generate-abi.ts --check   exit 1 if the checked-in file is stale
 */
import { readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

process.env.HARDHAT_DISABLE_TELEMETRY = 'true';

const NAMES = ['CheckpointAnchor', 'BodyRegistry', 'PassportRegistry'] as const;
const FILE = fileURLToPath(new URL('../apps/ledger/src/chain/contracts.generated.json', import.meta.url));

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { default: hre } = await import('hardhat');
await hre.tasks.getTask('build').run({ quiet: true, noTests: true });

const contracts: Record<string, { abi: unknown; bytecode: string }> = {};
for (const name of NAMES) {
  const { abi, bytecode } = await hre.artifacts.readArtifact(name);
  contracts[name] = { abi, bytecode };
}
const fresh = `${JSON.stringify(contracts, null, 2)}\n`;
const name = relative(process.cwd(), FILE);

if (process.argv.includes('--check')) {
  const checkedIn = await readFile(FILE, 'utf8').catch(() => '');
  if (checkedIn !== fresh) {
    console.error(
      `${name} is not what contracts/ compiles to; run: node --conditions=source scripts/generate-abi.ts`,
    );
    process.exitCode = 1;
  }
} else {
  await writeFile(FILE, fresh);
  console.log(`wrote ${name}`);
}

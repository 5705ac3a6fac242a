// `npm run test:faults`: what happens when things break or lie. Kills, lost and doubled answers, a chain that lies, every
// single bit flipped, an auditor against a dishonest ledger, random calls against the contracts, and mutants of them.
// `-- ledger` runs only the parts named. Ends with one summed line.
import { buildStale } from './build.ts';
import { type Count, countContracts, countJest, HARDHAT, JEST, judged, run, sumOf } from './run-tests.ts';

type Part = {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly count: (output: string, status: number) => Count;
};

const PARTS: Readonly<Record<string, Part>> = {
  ledger: { args: [...JEST, '--selectProjects', 'faults'], count: countJest },
  // tests that read FAULTS take the long way
  contracts: { args: HARDHAT, env: { FAULTS: 'all' }, count: countContracts },
  // one verdict: the score is enough or not
  mutants: {
    args: ['--conditions=source', 'scripts/mutate-contracts.ts'],
    count: (_, status) => ({ passed: status === 0 ? 1 : 0, failed: 0, skipped: 0 }),
  },
};

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = wanted.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(64);
}

buildStale();
const counts: Count[] = [];
const figures: string[] = [];
for (const [name, { args, env, count }] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { status, output } = await run(args, env);
  counts.push(judged(count(output, status), status));
  // every part prints what it counted in lines that begin so
  figures.push(
    ...output
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('counted: ')),
  );
}
const { passed, failed } = sumOf(counts);
console.log(`\n${figures.join('\n')}\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

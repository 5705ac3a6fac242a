// `npm test`: contracts (Solidity and node), then jest (unit, api, journeys, browser), then one summed line.
// `npm test -- contracts unit` runs only the named suites.
import { buildStale } from './build.ts';
import { type Count, countContracts, countJest, HARDHAT, JEST, judged, run, sumOf } from './run-tests.ts';

const PROJECTS = ['unit', 'api', 'journeys', 'browser'] as const;
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const selected = (name: string) => wanted.length === 0 || wanted.includes(name);

buildStale();
const counts: Count[] = [];
if (selected('contracts')) {
  const { status, output } = await run(HARDHAT);
  counts.push(judged(countContracts(output), status));
}
const projects = PROJECTS.filter(selected);
if (projects.length > 0) {
  const { status, output } = await run([...JEST, '--selectProjects', ...projects]);
  counts.push(judged(countJest(output), status));
}
const { passed, failed, skipped } = sumOf(counts);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);

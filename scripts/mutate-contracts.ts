/**
 * Mutation testing of the contracts: small changes, one at a time, each compiled like the product and run against the
 * tests of test/contracts until one fails. A change that no test notices is a gap in the tests.
 *
 *     node --conditions=source scripts/mutate-contracts.ts          as many as fit into eight minutes, in an order that
 *                                                                       the seed fixes
 *       --all                      every mutant
 *       --only WORD                only files whose path contains WORD
 *       --seed N                   another order
 *       --equivalents              runs what equivalents.json lists: none may be killed
 *
 * Mutants that scripts/mutation/equivalents.json lists, each with a reason, change nothing that a caller can see; they are
 * counted apart. Exits 1 below 95 % of the rest, and when a listed mutant does not exist (any more).
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ROOT } from './build.ts';
import { type Mutant, mutantsOf } from './mutation/mutants.ts';
import { MUTATED } from './mutation/sources.ts';
import type { Job, Verdict } from './mutation/worker.ts';

const GOAL = 95;
const WORKERS = 2;
/** A worker is replaced after so many mutants: chains that are closed still leave something behind. */
const WORKER_LIFE = 50;
/** After that no mutant is begun, so that the command ends within ten minutes on any machine. */
const MINUTES = 8;

type Equivalents = readonly {
  readonly file: string;
  readonly reason: string;
  readonly mutants: readonly string[];
}[];

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '20261125' },
    equivalents: { type: 'boolean', default: false },
  },
});
process.env.HARDHAT_DISABLE_TELEMETRY = 'true';
process.chdir(ROOT);
const began = Date.now();
const { default: hre } = await import('hardhat');
await hre.tasks.getTask('build').run({ quiet: true, noTests: true });

const nameOf = ({ line, from, to }: Mutant) => `${line}: ${from} => ${to}`;
const listed = JSON.parse(
  readFileSync(new URL('./mutation/equivalents.json', import.meta.url), 'utf8'),
) as Equivalents;
const equivalent = new Set(listed.flatMap(({ file, mutants }) => mutants.map((name) => `${file} ${name}`)));
const isEquivalent = (mutant: Mutant) => equivalent.has(`${mutant.file} ${nameOf(mutant)}`);

const everything = Object.keys(MUTATED).flatMap(mutantsOf);
const known = new Set(everything.map((mutant) => `${mutant.file} ${nameOf(mutant)}`));
const stale = [...equivalent].filter((name) => !known.has(name));
for (const name of stale) console.error(`listed as equivalent, but there is no such mutant: ${name}`);

const files = Object.keys(MUTATED).filter((file) => file.includes(values.only));
const asked = everything.filter(({ file }) => files.includes(file));
const chosen = asked.filter((mutant) => isEquivalent(mutant) === values.equivalents);
const whole = values.all || values.equivalents;
const mutants = whole ? chosen : shuffled(chosen);
console.log(
  `${everything.length} mutants of ${Object.keys(MUTATED).length} files; ${equivalent.size} listed as equivalent; ` +
    `${mutants.length} to run${whole ? '' : `, for ${MINUTES} minutes (seed ${values.seed}; --all runs all)`}`,
);

// The contracts as they are come first, one of each kind: no test may fail on them, or kills mean nothing.
const kinds = new Map(files.map((file) => [String(MUTATED[file]), file]));
const jobs = [
  ...[...kinds.values()].map((file, at) => ({ id: -1 - at, file, text: null as string | null })),
  ...mutants.map(({ file, text }, id) => ({ id, file, text })),
];
const verdicts = new Map<number, Verdict>();
const kills: Record<string, number> = {};
await Promise.all(Array.from({ length: WORKERS }, work));

const judged = mutants.flatMap((mutant, id) => {
  const verdict = verdicts.get(id);
  return verdict ? [{ mutant, verdict }] : [];
});
const fated = (fate: Verdict['fate']) => judged.filter(({ verdict }) => verdict.fate === fate);
const [killed, survived] = [fated('killed'), fated('survived')];
const seconds = Math.round((Date.now() - began) / 1000);
if (values.equivalents) {
  console.log(`counted: ${survived.length} equivalent mutants, ${killed.length} killed, in ${seconds} s`);
  process.exit(killed.length > 0 || stale.length > 0 ? 1 : 0);
}
const listedHere = asked.filter(isEquivalent).length;
const total = killed.length + survived.length;
const score = (100 * killed.length) / total;
const left = mutants.length - judged.length;
console.log(
  left === 0
    ? '\nevery mutant was run'
    : `\n${left} of ${mutants.length} mutants were not reached in ${MINUTES} minutes`,
);
console.log('per file:');
for (const file of files) {
  const count = (all: typeof judged) => all.filter(({ mutant }) => mutant.file === file).length;
  console.log(
    `  ${file.padEnd(44)} ${String(count(killed)).padStart(4)} killed ${String(count(survived)).padStart(3)} survived`,
  );
}
console.log(
  `${fated('invalid').length} do not compile and ${fated('same').length} compile to the very same code: not counted`,
);
console.log(
  `counted: ${total + listedHere} mutants, ${killed.length} killed, ${listedHere} equivalent, ` +
    `${survived.length} survived, score ${score.toFixed(1)} %, in ${seconds} s`,
);
process.exit(score >= GOAL && stale.length === 0 ? 0 : 1);

/** Takes jobs until none is left, in one process after the other. */
async function work(): Promise<void> {
  let worker: ChildProcess | undefined;
  for (let done = 0; jobs.length > 0; done++) {
    if (!worker || done % WORKER_LIFE === 0) {
      worker?.disconnect();
      worker = await startWorker();
    }
    const job = jobs.shift();
    const late = !whole && Date.now() - began > MINUTES * 60_000;
    if (!job || (late && job.text !== null)) break;
    const verdict = await ask(worker, { ...job, kills });
    if (job.text === null && verdict.fate !== 'survived') {
      console.error(`the tests do not pass on ${job.file} as it is: ${verdict.by}: ${verdict.problem}`);
      process.exit(1);
    }
    verdicts.set(job.id, verdict);
    if (verdict.by) kills[verdict.by] = (kills[verdict.by] ?? 0) + 1;
    show(mutants[job.id], verdict);
    if (verdicts.size % 50 === 0)
      console.log(`  ${verdicts.size} judged, ${Math.round((Date.now() - began) / 1000)} s`);
  }
  worker?.disconnect();
}

/** What needs a look is printed at once. */
function show(mutant: Mutant | undefined, { fate, by }: Verdict): void {
  if (!mutant || fate !== (values.equivalents ? 'killed' : 'survived')) return;
  console.log(`\n${mutant.file}:${mutant.line} ${mutant.kind} ${fate}${by ? ` by ${by}` : ''}`);
  console.log(`  - ${mutant.from}\n  + ${mutant.to}`);
}

function startWorker(): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const worker = fork(new URL('./mutation/worker.ts', import.meta.url), {
      execArgv: ['--conditions=source', '--no-warnings'],
      // the tests print what they count; here they only judge, and take the short way
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, FAULTS: '' },
    });
    worker.once('message', () => resolve(worker));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a mutation worker ended with ${code}`)));
  });
}

function ask(worker: ChildProcess, job: Job): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) =>
      reject(new Error(`a mutation worker ended with ${code} at ${job.file}`));
    worker.once('exit', ended);
    worker.once('message', (verdict) => {
      worker.off('exit', ended);
      resolve(verdict as Verdict);
    });
    worker.send(job);
  });
}

/** The same order for the same seed (xorshift32). */
function shuffled(of: readonly Mutant[]): Mutant[] {
  let state = Number(values.seed) | 1;
  const drawn = of.map((mutant) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return { mutant, key: state >>> 0 };
  });
  return drawn.sort((one, two) => one.key - two.key).map(({ mutant }) => mutant);
}

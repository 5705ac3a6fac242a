// One process of a mutation run: compiles a mutant, puts its creation code where the contract tests find the contract's,
// and runs those tests until one fails. The tests are the ones of test/contracts, unchanged.
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beginAgain, collectedTests, loadTests } from './node-test.ts';
import { creationCodes, MUTATED, withoutMetadata } from './sources.ts';

export type Job = {
  readonly id: number;
  readonly file: string;
  readonly text: string | null;
  /** How many mutants each test has killed so far, in all workers. */
  readonly kills: Readonly<Record<string, number>>;
};
export type Verdict = {
  readonly id: number;
  /** `same`: compiles to the very code of the original. `invalid`: does not compile. */
  readonly fate: 'killed' | 'survived' | 'same' | 'invalid';
  readonly by?: string;
  readonly problem?: string;
};

/**
 * Tests that can tell a mutant of the contract. Gas figures and deployment are not among them: a changed size alone must
 * not count as a kill. Slow ones come last, until a run has learnt which kill.
 */
const FILES: Readonly<Record<string, readonly string[]>> = {
  CheckpointAnchor: [
    'anchor',
    'differential',
    'other-chains',
    'wallets',
    'anchor-invariants',
    'powers',
    'bit-flips',
    'merkle',
  ],
  BodyRegistry: ['bodies', 'powers', 'wallets', 'gate', 'registry-invariants'],
  PassportRegistry: [
    'mint',
    'gate',
    'batch',
    'flags',
    'powers',
    'rooms',
    'wallets',
    'other-chains',
    'registry-invariants',
  ],
};
const TIMEOUT_MS = 120_000;

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const STAND_IN = new URL('./node-test.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, at, next) =>
    specifier === 'node:test' && at.parentURL?.includes('/test/contracts/')
      ? { url: STAND_IN, shortCircuit: true }
      : next(specifier, at),
});

const { default: hre } = await import('hardhat');
const changed = new Map<string, string>();
const readArtifact = hre.artifacts.readArtifact.bind(hre.artifacts);
hre.artifacts.readArtifact = (async (name: string) => {
  const artifact = await readArtifact(name);
  const bytecode = changed.get(name);
  return bytecode ? { ...artifact, bytecode } : artifact;
}) as typeof hre.artifacts.readArtifact;
// Each test makes its chain; they are closed when the mutant is judged, or memory grows for ever.
const create = hre.network.create.bind(hre.network);
const open: { close(): Promise<void> }[] = [];
hre.network.create = (async (...args: Parameters<typeof create>) => {
  const made = await create(...args);
  open.push(made);
  return made;
}) as typeof hre.network.create;

for (const name of new Set(Object.values(FILES).flat()))
  await loadTests(name, pathToFileURL(`test/contracts/${name}.test.ts`).href);
const tests = collectedTests().map((test) => ({ ...test, runs: 0, ms: 0 }));
const titleOf = ({ file, name }: { file: string; name: string }) => `${file}: ${name}`;
const originals = new Map<string, string>();

async function judge({ id, file, text, kills }: Job): Promise<Verdict> {
  const known = originals.get(file) ?? withoutMetadata(creationCodes(file, null) ?? {});
  originals.set(file, known);
  const codes = creationCodes(file, text);
  if (codes === null) return { id, fate: 'invalid' };
  if (text !== null && withoutMetadata(codes) === known) return { id, fate: 'same' };
  changed.clear();
  for (const [name, code] of Object.entries(codes)) changed.set(name, code);
  beginAgain();
  const files = new Set(MUTATED[file]?.flatMap((name) => FILES[name] ?? []));
  // the likely and quick ones first: what killed others in little time
  const worth = (test: (typeof tests)[number]) =>
    ((kills[titleOf(test)] ?? 0) + 0.2) / (test.ms / Math.max(test.runs, 1) + 20);
  const queue = tests.filter((test) => files.has(test.file)).sort((a, b) => worth(b) - worth(a));
  for (const test of queue) {
    const began = performance.now();
    const problem = await failureOf(test.run());
    test.ms += performance.now() - began;
    test.runs++;
    if (problem === null) continue;
    return { id, fate: 'killed', by: titleOf(test), problem };
  }
  return { id, fate: 'survived' };
}

async function failureOf(run: Promise<void>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('took too long'), TIMEOUT_MS);
  });
  const failed = run.then(
    () => null,
    (problem) => String(problem?.message ?? problem).slice(0, 300) || 'failed',
  );
  const outcome = await Promise.race([failed, late]);
  clearTimeout(timer);
  return outcome;
}

process.on('message', async (job: Job) => {
  const verdict = await judge(job);
  for (const one of open.splice(0)) await one.close();
  if (process.connected) process.send?.(verdict);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

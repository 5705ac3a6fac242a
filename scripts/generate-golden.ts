// Writes test/vectors/golden: a bundle with its trust root, the body's opinion in it, what a chain answered, and what
// every checker, now and later, must say about it.
//   node --conditions=source scripts/generate-golden.ts           write
//   node --conditions=source scripts/generate-golden.ts --check   compare, exit 1 when stale
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { JsonValue } from '#lib/canonical';
import type { Rpc, RpcAnswer, RpcRequest } from '#lib/evm';
import { check, readRoot } from '#lib/verification';
import { NOW } from './golden/people.ts';
import { type Changes, ENGINES, makeWorld } from './golden/world.ts';

const FOLDER = new URL('../test/vectors/golden/', import.meta.url);

/** A world's files: bundle, root, opinion, the chain's answers, and the verdict. */
async function files(name: string, changes: Changes): Promise<Record<string, unknown>> {
  const world = await makeWorld(changes);
  const answers = new Map<string, RpcAnswer>();
  const rpc: Rpc = async (endpoint, batch) => {
    const given = await world.rpc(endpoint, batch);
    for (const [at, request] of batch.entries()) answers.set(keyOf(request), given[at]!);
    return given;
  };
  const root = readRoot(world.root);
  const report = await check({
    bundle: world.json,
    root,
    code: null,
    now: NOW,
    engines: ENGINES,
    rpc,
    endpoints: [],
    recordHosts: [],
    pinned: [],
    operatorPage: null,
  });
  const { headline, overlays, checks, times } = report;
  const codes = Object.fromEntries(
    Object.entries(checks).map(([check, { status, code }]) => [check, { status, code }]),
  );
  const expected = { now: NOW, headline, overlays: overlays.map(({ id }) => id), checks: codes, times };
  const prefix = name ? `${name}-` : '';
  return {
    [`${prefix}bundle.json`]: world.json,
    [`${prefix}root.json`]: world.root,
    ...(world.opinion ? { [`${prefix}opinion.json`]: world.opinion } : {}),
    [`${prefix}chain.json`]: [...answers].map(([request, answer]) => ({
      request: JSON.parse(request) as JsonValue,
      answer,
    })),
    [`${prefix}expected.json`]: expected,
  };
}

/** How a request is found again among recorded answers. */
const keyOf = ({ method, params }: RpcRequest): string => JSON.stringify([method, params]);

const wanted = {
  ...(await files('', {})),
  ...(await files('self-declared', { covered: false, item: false, withhold: true })),
};
mkdirSync(FOLDER, { recursive: true });
for (const [name, value] of Object.entries(wanted)) {
  const url = new URL(name, FOLDER);
  const text = `${JSON.stringify(value, null, 1)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(url, text);
  else if (read(url) !== text) {
    console.error(
      `test/vectors/golden/${name} is stale: run node --conditions=source scripts/generate-golden.ts`,
    );
    process.exitCode = 1;
  }
}

function read(url: URL): string {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return '';
  }
}

// The page's build judges as the sources do: the same report for the kept vectors and for a sample of changed bundles.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { JsonObject } from '#lib/canonical';
import { type CheckInput, check, readRoot } from '#lib/verification';
import { ROOT } from '../build.ts';
import { mutationsOf } from '../golden/mutations.ts';
import { NOW } from '../golden/people.ts';
import { ENGINES, makeWorld } from '../golden/world.ts';
import { oneLanguage, pagePrimitives, stripMessages, withoutMessages } from './lighten.ts';

type Built = { readonly check: typeof check; readonly ENGINES: CheckInput['engines'] };

let folder: string;
let built: Built;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anchorleaf-island-'));
  const { outputFiles } = await build({
    stdin: {
      contents: `export { check } from '#lib/verification'; export { ENGINES } from './apps/checker/src/engines.ts';`,
      resolveDir: ROOT,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022'],
    conditions: ['source'],
    minify: true,
    write: false,
    absWorkingDir: ROOT,
    alias: pagePrimitives(ROOT),
    plugins: [oneLanguage('zh'), withoutMessages(ROOT)],
  });
  const file = join(folder, 'checker.mjs');
  await writeFile(file, outputFiles[0]!.contents);
  built = (await import(pathToFileURL(file).href)) as Built;
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What each says: the report, or the code of its refusal. */
async function both(input: Omit<CheckInput, 'engines'>): Promise<readonly unknown[]> {
  const run = (one: typeof check, engines: CheckInput['engines']) =>
    one({ ...input, engines }).catch((error: { code?: string }) => error.code ?? error);
  return [await run(built.check, built.ENGINES), await run(check, ENGINES)];
}

test('the kept bundle and changed ones get one and the same report', async () => {
  const world = await makeWorld();
  const input = {
    root: readRoot(world.root),
    code: String(world.json.code),
    now: NOW,
    rpc: world.rpc,
    endpoints: [],
    recordHosts: [],
    pinned: [],
    operatorPage: null,
  };
  const judge = (bundle: JsonObject) => both({ ...input, bundle });
  const [page, node] = await judge(world.json);
  expect(page).toEqual(node);
  expect(page).toMatchObject({ headline: 'matches' });
  let n = 0;
  let different = 0;
  for (const { kind, bundle } of mutationsOf(world.json)) {
    if (kind === 'order' || n++ % 997 !== 0) continue;
    const reports = await judge(bundle);
    if (JSON.stringify(reports[0]) !== JSON.stringify(reports[1])) different++;
  }
  expect(different).toBe(0);
}, 180_000);

test('messages go, codes and pointers stay', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: source text under test
  const source = [
    'throw new RecordError("record/malformed", `${at}/name`, `expected ${wanted}, got ${shown(value)}`);',
    "malformed(value, at, isA ? 'an object' : 'a list of them');",
    'const message = `one manifest covers at most ${MAX}` + " entries";',
    "const other = 'left as it is, it is no message';",
    "throw new Error('no facts for ' + `${shown(`inner ${x} text`)} at all`);",
  ].join('\n');
  expect(stripMessages('x.ts', source).split('\n')).toEqual([
    'throw new RecordError("record/malformed", `${at}/name`, \'\');',
    "malformed(value, at, isA ? '' : '');",
    "const message = '' + '';",
    "const other = 'left as it is, it is no message';",
    "throw new Error('' + '');",
  ]);
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: source text under test
});

test('the catalogue of the build has what the island says', () => {
  const island = ['island.ts', 'show-report.ts'].map((name) =>
    readFileSync(join(ROOT, 'apps/checker/src', name), 'utf8'),
  );
  const said = island.flatMap((text) =>
    [...text.matchAll(/'((?:page|headline|cli|gap|share|stage)\/[\w/-]+)'/g)].map(([, key]) => key!),
  );
  expect(said.length).toBeGreaterThan(5);
  const plugin = oneLanguage('en');
  let contents = '';
  void plugin.setup({
    onLoad: (_: unknown, load: (args: { path: string }) => { contents: string }) => {
      contents = load({ path: '/libs/wording/src/en.ts' }).contents;
    },
  } as never);
  expect(said.filter((key) => !contents.includes(`"${key}"`))).toEqual([]);
});

// Stands in for node:test inside a mutation worker: collects the tests of the files that it loads, so that each can be run
// again and again in one process, against another contract every time.
type Body = (context: Context) => unknown;
type Context = { diagnostic(text: string): void; skip(text?: string): void };
type Suite = {
  readonly name: string;
  readonly parent: Suite | null;
  readonly before: Body[];
  readonly beforeEach: Body[];
};
export type CollectedTest = {
  readonly name: string;
  readonly file: string;
  readonly run: () => Promise<void>;
};

const context: Context = { diagnostic: () => undefined, skip: () => undefined };
const collected: { name: string; file: string; suite: Suite; body: Body }[] = [];
let file = '';
let suite: Suite = { name: '', parent: null, before: [], beforeEach: [] };
/** Suites whose `before` has run against the present contract. */
let begun = new Set<Suite>();

export function describe(name: string, body: () => void): void {
  const outer = suite;
  suite = { name: `${outer.name}${name} > `, parent: outer, before: [], beforeEach: [] };
  body();
  suite = outer;
}
export function test(name: string, body: Body): void {
  collected.push({ name: suite.name + name, file, suite, body });
}
export const before = (body: Body) => suite.before.push(body);
export const beforeEach = (body: Body) => suite.beforeEach.push(body);
/** What a suite does at its end judges nothing. */
export const after = (_body: Body) => undefined;

/** Loads a file of tests; its top level is a suite of its own. */
export async function loadTests(name: string, url: string): Promise<void> {
  file = name;
  suite = { name: '', parent: null, before: [], beforeEach: [] };
  await import(url);
}

/** From now on every suite begins anew. */
export function beginAgain(): void {
  begun = new Set();
}

export function collectedTests(): readonly CollectedTest[] {
  return collected.map(({ name, file, suite, body }) => ({ name, file, run: () => runTest(suite, body) }));
}

/** Outer hooks first, as node:test runs them. Throws what the test throws. */
async function runTest(of: Suite, body: Body): Promise<void> {
  const path: Suite[] = [];
  for (let at: Suite | null = of; at; at = at.parent) path.unshift(at);
  for (const one of path) {
    if (!begun.has(one)) for (const hook of one.before) await hook(context);
    begun.add(one);
  }
  for (const one of path) for (const hook of one.beforeEach) await hook(context);
  await body(context);
}

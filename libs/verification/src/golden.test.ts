import { readFileSync } from 'node:fs';
import type { JsonValue } from '#lib/canonical';
import type { Rpc, RpcAnswer } from '#lib/evm';
import { readOpinion } from '#lib/opinion';
import { ENGINES } from '../../../scripts/golden/world.ts';
import { check, formatBundle, readBundle, readRoot } from './index.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../test/vectors/golden/${name}`, import.meta.url), 'utf8');
type Answer = { readonly request: JsonValue; readonly answer: RpcAnswer };

test.each(['', 'self-declared-'])('the kept bundle %s is judged as ever', async (prefix) => {
  const answers = new Map(
    (JSON.parse(read(`${prefix}chain.json`)) as Answer[]).map(({ request, answer }) => [
      JSON.stringify(request),
      answer,
    ]),
  );
  const rpc: Rpc = (_, batch) =>
    Promise.resolve(
      batch.map(({ method, params }) => {
        const answer = answers.get(JSON.stringify([method, params]));
        return answer ?? { error: { code: -32_000, message: 'this was not asked when the vector was made' } };
      }),
    );
  const expected = JSON.parse(read(`${prefix}expected.json`)) as { now: string; checks: object };
  const report = await check({
    bundle: read(`${prefix}bundle.json`),
    root: readRoot(read(`${prefix}root.json`)),
    code: null,
    now: expected.now,
    engines: ENGINES,
    rpc,
    endpoints: [],
    recordHosts: [],
    pinned: [],
    operatorPage: null,
  });
  const checks = Object.fromEntries(
    Object.entries(report.checks).map(([name, { status, code }]) => [name, { status, code }]),
  );
  const overlays = report.overlays.map(({ id }) => id);
  expect({ now: expected.now, headline: report.headline, overlays, checks, times: report.times }).toEqual(
    expected,
  );
});

test('a bundle reads and prints as itself', () => {
  const json = JSON.parse(read('bundle.json'));
  expect(formatBundle(readBundle(json))).toEqual(json);
  expect(readOpinion(JSON.parse(read('opinion.json'))).message.opinion).toBe('2');
});

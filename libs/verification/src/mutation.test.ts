import { headlineUnder, type Mutation, mutationsOf } from '../../../scripts/golden/mutations.ts';
import { makeWorld } from '../../../scripts/golden/world.ts';

// A sample that is the same each time: everything in the envelope's leaves, every so many of the rest. All of them are
// judged by scripts/golden/mutations.ts.
const EVERY = { leaf: 9, member: 19, order: 3, packed: 499 } as const;

test.each([
  ['covered', {}],
  ['self-declared, inputs withheld', { covered: false, item: false, withhold: true }],
])(
  'no changed bundle matches: %s',
  async (_, changes) => {
    const world = await makeWorld(changes);
    const code = String(world.json.code);
    expect(await headlineUnder(world, world.json, { code })).toBe('matches');
    const seen = { leaf: 0, member: 0, order: 0, packed: 0 };
    const isSampled = ({ kind, what }: Mutation) =>
      seen[kind]++ % EVERY[kind] === 0 || (kind === 'leaf' && !/^\/(documents|entries)\/\d/.test(what));
    let judged = 0;
    const matched: string[] = [];
    for (const mutation of mutationsOf(world.json)) {
      if (!isSampled(mutation)) continue;
      judged++;
      if ((await headlineUnder(world, mutation.bundle, { code })) === 'matches')
        matched.push(`${mutation.kind} ${mutation.what}`);
    }
    expect(matched).toEqual([]);
    expect(judged).toBeGreaterThan(200);
  },
  300_000,
);

test('offline, too, no changed text matches', async () => {
  const world = await makeWorld();
  const matched: string[] = [];
  let n = 0;
  // what only the chain can tell (an anchor's block, the interval of a registration) is not looked at offline
  const isOnlyOnChain = /^\/(heads\/\d+\/(sequence|block|time)|registrations\/0\/index)$/;
  for (const { kind, what, bundle } of mutationsOf(world.json)) {
    if (kind !== 'leaf' || isOnlyOnChain.test(what) || n++ % 19 !== 0) continue;
    const headline = await headlineUnder(world, bundle, { rpc: null, code: String(world.json.code) });
    if (headline === 'matches') matched.push(what);
  }
  expect(matched).toEqual([]);
}, 120_000);

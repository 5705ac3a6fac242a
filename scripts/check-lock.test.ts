import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMissing, findTooNew, type Lock, leastNode } from './check-lock.ts';

const whole: Lock = {
  packages: {
    '': { dependencies: { a: '1.0.0' }, optionalDependencies: { 'only-arm': '1.0.0' } },
    'node_modules/a': { dependencies: { b: '^2.0.0', '@s/c': '^1.0.0' } },
    'node_modules/a/node_modules/b': { dependencies: { '@s/c': '1', d: '1' } },
    'node_modules/@s/c': { optionalDependencies: { '@s/c-linux': '1.0.0' }, engines: { node: '>=18' } },
    'node_modules/@s/c-linux': { optional: true, engines: { node: '>= 22.13' } },
    'node_modules/d': { engines: { node: '^20.1.0 || >=22' } },
    'node_modules/only-arm': { optional: true },
  },
};

function without(path: string): Lock {
  const packages = { ...whole.packages };
  delete packages[path];
  return { packages };
}

test('a whole lock has nothing missing', () => {
  expect(findMissing(whole)).toEqual([]);
});

test.each([
  ['node_modules/@s/c-linux', [{ owner: 'node_modules/@s/c', name: '@s/c-linux' }]],
  ['node_modules/only-arm', [{ owner: '(this package)', name: 'only-arm' }]],
  ['node_modules/d', [{ owner: 'node_modules/a/node_modules/b', name: 'd' }]],
  ['node_modules/a/node_modules/b', [{ owner: 'node_modules/a', name: 'b' }]],
  [
    'node_modules/@s/c',
    [
      { owner: 'node_modules/a', name: '@s/c' },
      { owner: 'node_modules/a/node_modules/b', name: '@s/c' },
    ],
  ],
])('one entry removed: %s', (path, expected) => {
  expect(findMissing(without(path))).toEqual(expected);
});

test('a package below another one does not serve its neighbours', () => {
  const lock: Lock = {
    packages: {
      '': { dependencies: { a: '1', b: '1' } },
      'node_modules/a': {},
      'node_modules/a/node_modules/b': {},
    },
  };
  expect(findMissing(lock)).toEqual([{ owner: '(this package)', name: 'b' }]);
});

test.each([
  ['>=22', 22],
  ['>= 22.13', 22],
  ['^20.19.0 || >=22.12.0', 20],
  ['18 || 20', 18],
  ['*', null],
])('engines %s', (node, least) => {
  expect(leastNode({ node })).toBe(least);
});

test('packages beyond Node 20, told apart by optional', () => {
  expect(findTooNew(whole, 20)).toEqual({ optional: ['node_modules/@s/c-linux'], required: [] });
});

test('as a program: exit 0 for our lock, exit 1 and the name for one with a hole', () => {
  const program = join(import.meta.dirname, 'check-lock.ts');
  const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  const ours = run();
  expect(ours.stderr).toBe('');
  expect(ours.status).toBe(0);
  const folder = join(import.meta.dirname, '..', '.tmp');
  const file = join(folder, `lock-${process.pid}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(without('node_modules/@s/c-linux')));
  const holed = run(file);
  rmSync(file);
  expect(holed.status).toBe(1);
  expect(holed.stderr).toContain('@s/c-linux, needed by node_modules/@s/c, has no entry');
});

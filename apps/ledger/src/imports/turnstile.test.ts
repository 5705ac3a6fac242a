import { RefusalError } from '../http/refusal.ts';
import { Turnstile } from './turnstile.ts';

const full = () => new RefusalError({ status: 429, code: 'import/busy', detail: 'full', remedy: 'wait' });

test('so many at once, the others in turn, more are refused', async () => {
  const turnstile = new Turnstile({ atOnce: 2, waiting: 2 }, full);
  const log: string[] = [];
  const open: (() => void)[] = [];
  const work = (name: string) =>
    turnstile.pass(async () => {
      log.push(`in ${name}`);
      await new Promise<void>((resolve) => open.push(resolve));
      log.push(`out ${name}`);
      return name;
    });
  const running = ['a', 'b', 'c', 'd'].map(work);
  await expect(work('e')).rejects.toMatchObject({ code: 'import/busy' });
  expect(log).toEqual(['in a', 'in b']);
  for (let n = 0; n < 4; n++) {
    open.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await Promise.all(running)).toEqual(['a', 'b', 'c', 'd']);
  expect(log.filter((line) => line.startsWith('in'))).toEqual(['in a', 'in b', 'in c', 'in d']);
});

test('a failure gives its place back', async () => {
  const turnstile = new Turnstile({ atOnce: 1, waiting: 0 }, full);
  await expect(turnstile.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await turnstile.pass(async () => 1)).toBe(1);
});

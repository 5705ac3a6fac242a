import { TileCache } from './tile-cache.ts';

test('holds at most so many bytes, and drops what was not asked for longest', () => {
  const cache = new TileCache(10);
  const tile = (size: number) => Buffer.alloc(size, size);
  cache.set('a', tile(4));
  cache.set('b', tile(4));
  expect(cache.get('a')).toEqual(tile(4));
  cache.set('c', tile(5));
  expect([cache.get('a')?.length, cache.get('b'), cache.get('c')?.length]).toEqual([4, undefined, 5]);
  cache.set('too large', tile(11));
  expect(cache.get('too large')).toBeUndefined();
  cache.set('a', tile(1));
  expect(cache.get('a')).toHaveLength(4);
  for (let n = 0; n < 100; n++) cache.set(`many ${n}`, tile(3));
  expect([96, 97, 98, 99].map((n) => cache.get(`many ${n}`)?.length)).toEqual([undefined, 3, 3, 3]);
});

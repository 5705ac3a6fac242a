import { barClass } from './bars.ts';

test.each([
  ['1', '4', 'w5'],
  ['4', '4', 'w20'],
  ['0.0001', '4', 'w1'],
  ['9', '4', 'w20'],
  ['-1', '4', 'w1'],
  ['x', '4', 'w1'],
  ['1', '0', 'w1'],
])('%s of %s is %s: a bar never vanishes and never overflows', (part, largest, want) => {
  expect(barClass(part, largest)).toBe(want);
});

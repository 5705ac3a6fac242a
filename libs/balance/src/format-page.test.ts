import { readFileSync } from 'node:fs';
import { computeBalance } from './balance.ts';
import type { FacilityYear } from './facility-year.ts';

test('the year in docs/formats/balance.md gives what the page says', () => {
  const page = readFileSync(new URL('../../../docs/formats/balance.md', import.meta.url), 'utf8');
  const [, block = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  expect(computeBalance(JSON.parse(block) as FacilityYear).checks).toMatchObject([
    { check: 'electricity', verdict: 'unknown', missing: ['/electricity/sharedLoads/0/amount'] },
    { check: 'stock', supplied: '302', unexplained: '1', unexplainedPercent: '0.33', verdict: 'within' },
  ]);
});

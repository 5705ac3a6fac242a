import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { costPerDay, describeCosts, GAS_BEFORE_MEASURED, reckon } from './costs.ts';

const cadence = { seconds: 600, entries: 1000 };
const price = { base: 9_000_000_000n, tip: 1_000_000_000n };

test('a month at ten minutes and 10 gwei', () => {
  const costs = reckon(cadence, price, { gas: 75_000n, anchors: 20 }, 1n);
  expect(costs).toEqual({
    currency: 'ETH',
    gasPerAnchor: '75000',
    measuredOn: 20,
    feeGwei: '10.0',
    perAnchor: '0.00075',
    anchorsPerMonth: '4320',
    perMonth: '3.24',
  });
  expect(costPerDay(cadence, price, 75_000n)).toBe(108_000_000_000_000_000n);
  expect(describeCosts(costs, cadence)).toContain('3.24 ETH a month');
});

test('before the first anchor the figure is the gas snapshot’s', async () => {
  const file = join(import.meta.dirname, '../../../../test/contracts/gas-snapshot.json');
  const snapshot: Record<string, number> = JSON.parse(await readFile(file, 'utf8'));
  const anchors = Object.entries(snapshot).filter(([name]) => name.startsWith('anchor '));
  expect(anchors.length).toBeGreaterThan(2);
  const largest = Math.max(...anchors.map(([, gas]) => gas));
  expect(Number(GAS_BEFORE_MEASURED)).toBe(1_000 * Math.ceil(largest / 1_000));
  expect(reckon(cadence, price, null, 31_337n)).toMatchObject({ measuredOn: 0 });
});

// What the operator is told of anchoring: when, for how much, from which money, and what waits.
import { MetricsService } from '../../apps/ledger/src/health/metrics.service.ts';
import { type Deployed, deployTo, inTheEnd, SendingService } from '../support/sending-service.ts';
import { EXPORTER, startTestService } from '../support/service.ts';
import { type Endpoint, UnrulyChain } from '../support/unruly-chain.ts';

let chain: UnrulyChain;
let endpoint: Endpoint;
let deployed: Deployed;
let service: SendingService;

beforeAll(async () => {
  chain = await UnrulyChain.start();
  endpoint = await chain.openEndpoint();
  deployed = await deployTo(endpoint.url, chain.operator);
  await chain.takeOver();
  service = await SendingService.start(deployed.folder, [endpoint.url], {
    ANCHORLEAF_ANCHOR_SECONDS: '3600',
    ANCHORLEAF_ANCHOR_ENTRIES: '4',
    ANCHORLEAF_MAX_FEE_GWEI: '80',
  });
});
afterAll(async () => {
  await service?.running.stop();
  await chain?.stop();
  await deployed?.folder.remove();
});

const report = async () =>
  (await service.running.get('/api/v1/anchoring', service.running.operatorKey).expect(200)).body;
const anchored = (size: bigint) =>
  inTheEnd(async () => {
    service.sender.nudge();
    await chain.mine();
    return ((await service.anchors.latest())?.size ?? 0n) >= size;
  });
/** Sets what the sender has, in wei. */
const setBalance = (wei: bigint) =>
  chain.request('hardhat_setBalance', chain.operator.address, `0x${wei.toString(16)}`);

test('only the operator reads it', async () => {
  const exporter = await service.running.enrol({ ...EXPORTER, slug: 'reader' });
  for (const path of ['/api/v1/anchoring', '/api/v1/transactions']) {
    await service.running.get(path).expect(401);
    await service.running.get(path, exporter.apiKey).expect(403);
  }
});

test('entries wait for the interval, with the promised time; a full batch does not', async () => {
  const { size } = (await service.proofs.head())!;
  const waiting = await report();
  expect(waiting.log).toMatchObject({ size: String(size), anchoredSize: '0', isOverdue: false });
  const since = Date.parse(waiting.log.pendingSince);
  expect(Date.parse(waiting.log.promisedBy)).toBe(since + 86_400_000);
  expect(Date.parse(waiting.cadence.nextPlanned)).toBe(since + 3_600_000);
  // nothing is sent before its time
  for (let turn = 0; turn < 10; turn++) {
    service.sender.nudge();
    await chain.mine();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  expect(await service.sender.list(10)).toEqual([]);
  for (let more = size; more < 4n; more++) await service.record();
  await anchored(4n);
  // the next one by time: not by the looks in between
  await service.record();
  const pending = (await report()).log;
  expect(Number(pending.pendingEntries)).toBeGreaterThan(0);
  service.clock.jump(3_601);
  await service.restart();
  await anchored((await service.proofs.head())!.size);
  expect(await report()).toMatchObject({
    log: { pendingEntries: '0', pendingSince: null, promisedBy: null },
    cadence: { seconds: 3_600, entries: 4, nextPlanned: null },
    last: { sequence: '2', stage: expect.stringMatching(/included|confirmed/) },
  });
});

test('costs are reckoned from what anchors took, and from what the chain asks now', async () => {
  const { costs } = await report();
  const used = (await service.anchors.list(1n, 100)).map(({ gasUsed }) => gasUsed as bigint);
  const mean = (used.reduce((sum, gas) => sum + gas, 0n) + BigInt(used.length) - 1n) / BigInt(used.length);
  expect(costs).toMatchObject({
    gasPerAnchor: String(mean),
    measuredOn: used.length,
    feeGwei: '2.0',
    feeCeilingGwei: '80',
    anchorsPerMonth: '720',
  });
  // decimal text, exact: gas x 2 gwei x 720
  expect(BigInt(costs.perMonth.replace('0.', '').padEnd(18, '0'))).toBe(mean * 2_000_000_000n * 720n);
  const rows = (await service.running.get('/api/v1/transactions', service.running.operatorKey)).body;
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ purpose: 'anchor', error: null, paid: expect.stringMatching(/^0\.0001/) });
});

test('a balance that does not last is an alarm before it is empty, and empty is not ready', async () => {
  const gas = BigInt((await report()).costs.gasPerAnchor);
  const perDay = gas * 2_000_000_000n * 24n;
  const ready = async (status: number) => (await service.running.get('/health/ready').expect(status)).body;
  const metrics = async () => {
    const port = await service.running.service.app.get(MetricsService).listen(0);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await service.running.service.app.get(MetricsService).close();
    return text;
  };
  service.clock.jump(16);
  expect(await ready(200)).toMatchObject({ status: 'ok', details: { chain: { balance: 'good' } } });
  expect(await metrics()).toContain('anchorleaf_sender_balance_low 0');

  await setBalance(10n * perDay);
  service.clock.jump(16);
  const low = await ready(200);
  expect(low).toMatchObject({ status: 'degraded', details: { chain: { balance: 'low', days: 10 } } });
  expect(low.details.chain.degraded.join()).toContain('is low');
  expect(await metrics()).toContain('anchorleaf_sender_balance_low 1');
  expect((await report()).balance).toMatchObject({ state: 'low', days: 10 });

  await setBalance(gas * 2_000_000_000n - 1n);
  service.clock.jump(16);
  expect((await ready(503)).details.chain.reason).toContain('is empty');
  await setBalance(10n ** 21n);
  service.clock.jump(16);
  expect((await ready(200)).status).toBe('ok');
});

test('an entry past its promise makes the service not ready, and the report says overdue', async () => {
  endpoint.fault = () => 'lost';
  await service.record();
  service.clock.jump(86_401);
  const overdue = await report();
  expect(overdue.log.isOverdue).toBe(true);
  expect(overdue.costs).toBeNull();
  const { details } = (await service.running.get('/health/ready').expect(503)).body;
  expect(details.anchors.reason).toContain('promised are 86400');
  endpoint.fault = () => null;
});

test('a cadence that breaks the promise is refused at the start', async () => {
  await expect(startTestService({ ANCHORLEAF_ANCHOR_SECONDS: '3600' })).rejects.toMatchObject({
    code: 'installation/anchors-too-rare',
  });
});

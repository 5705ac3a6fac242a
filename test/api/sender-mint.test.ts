// A mint that the chain refuses for good: here because the chain was out of reach until the issuer's authorisation had
// run out. The release stays recorded, and its maker orders the mint again.

import { type Catalogue, makeBatch, makeCatalogue, makeExporter, makeFootprint } from '../support/factory.ts';
import { type Deployed, deployTo, inTheEnd, SendingService } from '../support/sending-service.ts';
import type { Organisation } from '../support/service.ts';
import { type Endpoint, UnrulyChain } from '../support/unruly-chain.ts';

const DAYS = 86_400;
let chain: UnrulyChain;
let endpoint: Endpoint;
let deployed: Deployed;
let service: SendingService;
let exporter: Organisation;
let catalogue: Catalogue;
let footprint: { uuid: string };

beforeAll(async () => {
  chain = await UnrulyChain.start();
  endpoint = await chain.openEndpoint();
  deployed = await deployTo(endpoint.url, chain.operator);
  await chain.takeOver();
  service = await SendingService.start(deployed.folder, [endpoint.url]);
  exporter = await makeExporter(service.running);
  catalogue = await makeCatalogue(service.running, exporter.apiKey);
  footprint = await makeFootprint(service.running, exporter.apiKey, catalogue);
});
afterAll(async () => {
  await service?.running.stop();
  await chain?.stop();
  await deployed?.folder.remove();
});

const read = async (release: string) =>
  (await service.running.get(`/api/v1/passports/${release}`, exporter.apiKey).expect(200)).body;
const again = (release: string, key = exporter.apiKey) =>
  service.running.post(`/api/v1/passports/${release}/mint`, {}, key);

function until(release: string, state: string) {
  return inTheEnd(async () => {
    await service.tick(1);
    await chain.mine();
    const passport = await read(release);
    return passport.state === state && passport;
  });
}

test('the chain refuses a mint whose authorisation has run out; ordered again, it is minted', async () => {
  const batch = await makeBatch(service.running, exporter.apiKey, catalogue, 'L-1');
  endpoint.fault = (method) => (method === 'eth_estimateGas' ? 'lost' : null);
  const order = { batch: batch.uuid, footprint: footprint.uuid };
  const { body: issued } = await service.running
    .post('/api/v1/passports', order, exporter.apiKey)
    .expect(201);
  const { release, content } = issued;
  // under way: not ordered twice
  expect((await again(release).expect(409)).body.code).toBe('passport/mint-not-failed');

  await chain.request('evm_increaseTime', 31 * DAYS);
  await chain.mine();
  service.clock.jump(31 * DAYS);
  endpoint.fault = () => null;
  const failed = await until(release, 'failed');
  expect(failed.mint.error).toContain('PassportDeadlinePassed');

  const stranger = await makeExporter(service.running, 'other-plates');
  await again(release, stranger.apiKey).expect(404);
  const [first, second] = await Promise.all([again(release), again(release)]);
  expect([first.status, second.status].sort()).toEqual([200, 409]);
  const minted = await until(release, 'anchored');
  expect(minted).toMatchObject({ release, content, mint: { error: null, isFinal: false } });
  expect((await again(release).expect(409)).body.code).toBe('passport/mint-not-failed');
  const mints = await service.rows(
    "select state from chain_transaction where purpose = 'mint' order by place",
  );
  expect(mints.map(({ state }) => state === 'failed')).toEqual([true, false]);
});

test('a mint whose nonce a self-send took goes under the next one by itself', async () => {
  const batch = await makeBatch(service.running, exporter.apiKey, catalogue, 'L-2');
  const order = { batch: batch.uuid, footprint: footprint.uuid };
  // no node keeps a call: only what calls nothing is mined
  endpoint.swallows = ({ data }) => data !== '0x';
  const { body } = await service.running.post('/api/v1/passports', order, exporter.apiKey).expect(201);
  const states = async () =>
    (
      await service.rows(
        "select state from chain_transaction where purpose = 'mint' and subject = $1 order by place",
        [body.uuid],
      )
    ).map(({ state }) => state);
  await inTheEnd(async () => {
    await service.tick(121, 60);
    await chain.mine();
    return (await states()).includes('replaced');
  });
  endpoint.swallows = () => false;
  const minted = await until(body.release, 'anchored');
  expect(minted.mint.error).toBeNull();
  expect(await states()).toEqual(['replaced', expect.stringMatching(/mined|final/)]);
});

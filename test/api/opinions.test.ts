import { Wallet } from 'ethers';
import { parseEntry } from '#lib/record';
import { DocumentsService } from '../../apps/ledger/src/documents/documents.service.ts';
import { ProofsService } from '../../apps/ledger/src/log/proofs.service.ts';
import {
  type Key,
  makeCatalogue,
  makeExporter,
  makeFootprint,
  makeKeyHolder,
  register,
  sendOwn,
  signOpinion,
} from '../support/factory.ts';
import { type Organisation, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
let exporter: Organisation;
let other: Organisation;
let body: Key;
let registrar: Key;
let footprint: any;
beforeAll(async () => {
  service = await startTestService();
  exporter = await makeExporter(service);
  other = await makeExporter(service, 'other-plates');
  body = await makeKeyHolder(service, 'body', 'good-body');
  registrar = await makeKeyHolder(service, 'registrar', 'registrar-1');
  footprint = await makeFootprint(service, exporter.apiKey, await makeCatalogue(service, exporter.apiKey));
});
afterAll(() => service?.stop());

const send = (opinion: object, key = body.apiKey) => service.post('/api/v1/opinions', opinion, key);
const template = (key: string) =>
  service.get(
    `/api/v1/footprints/${footprint.uuid}/opinion-template?body=${body.wallet.address}&registrar=${registrar.wallet.address}`,
    key,
  );

test('the template says what the record says, in one-to-one words', async () => {
  const { body: made } = await template(body.apiKey).expect(200);
  expect(made.message).toMatchObject({
    body: body.wallet.address,
    registrar: registrar.wallet.address,
    number: footprint.number,
    unit: 'kgCO2e',
    boundary: 'cradle-to-gate',
    coverage: '1',
    footprint: `0x${footprint.content.slice(7)}`,
  });
  expect(made.message.opinionId.startsWith(body.wallet.address.toLowerCase())).toBe(true);
  expect(made.types.Opinion).toHaveLength(31);
  await template(exporter.apiKey).expect(200);
  await template(other.apiKey).expect(404);
  await template(registrar.apiKey).expect(403);
});

test('a body that nobody registered gives no opinion', async () => {
  const { body: problem } = await send(await signOpinion(service, footprint.uuid, registrar, body)).expect(
    409,
  );
  expect(problem.code).toBe('opinion/unregistered');
});

describe('with a registered body', () => {
  let snapshot: any;
  beforeAll(async () => {
    snapshot = await register(service, registrar, body);
  });

  test('the registration document is public and names the words for the contract', async () => {
    const { body: read } = await service.get(`/api/v1/registrations/${snapshot.content}`).expect(200);
    expect(read.snapshot).toBe(`0x${snapshot.content.slice(7)}`);
    expect(read.document).toMatchObject({
      country: 'CN',
      accreditation: { body: 'Sample board', number: 'TEST-1' },
    });
    await service.get('/api/v1/registrations/sha256:00').expect(404);
  });

  test.each([
    ['another number', { number: '0.0001' }, 'opinion/number'],
    ['another unit', { unit: 'gCO2e' }, 'opinion/unit'],
    ['another boundary', { boundary: 'cradle-to-grave' }, 'opinion/boundary'],
    ['another footprint', { footprint: `0x${'ab'.repeat(32)}` }, 'opinion/footprint-hash'],
    ['other inputs', { inputsRoot: `0x${'ab'.repeat(32)}` }, 'opinion/inputs-root'],
    ['another product', { product: `0x${'ab'.repeat(32)}` }, 'opinion/product'],
    ['another facility', { facility: `0x${'ab'.repeat(32)}` }, 'opinion/facility'],
    ['another method', { method: `0x${'ab'.repeat(32)}` }, 'opinion/method'],
    [
      'a batch where a period was calculated',
      { coverage: '3', batch: `0x${'ab'.repeat(32)}` },
      'opinion/coverage',
    ],
    ['another period', { periodStart: '1700000000' }, 'opinion/dates'],
    ['an end before its start', { validUntil: '1' }, 'opinion/malformed'],
    ['an adverse opinion', { opinion: '3' }, 'opinion/adverse'],
    ['a disclaimed opinion', { opinion: '4' }, 'opinion/disclaimed'],
    ['an id of somebody else', { opinionId: `0x${'ab'.repeat(32)}` }, 'opinion/foreign-id'],
    ['another reviewer', { reviewer: `0x${'ab'.repeat(32)}` }, 'opinion/reviewer'],
    ['limitations without their text', { limitations: `0x${'ab'.repeat(32)}` }, 'opinion/limitations'],
    ['no report number', { reportNumber: '' }, 'opinion/text-missing'],
    ['no number at all', { number: 'about five' }, 'opinion/malformed'],
  ])('%s is refused', async (_, change, code) => {
    const proofs = service.service.app.get(ProofsService);
    const before = (await proofs.head())?.size;
    const { body: problem, status } = await send(
      await signOpinion(service, footprint.uuid, registrar, body, change),
    );
    expect([problem.code, status]).toEqual([code, code === 'opinion/malformed' ? 400 : 422]);
    expect((await proofs.head())?.size).toBe(before);
  });

  test("somebody else's signature, and a message changed after it was signed, are refused", async () => {
    const stranger = new Wallet(Wallet.createRandom().privateKey);
    const forged = await signOpinion(service, footprint.uuid, registrar, body, {}, stranger);
    expect((await send(forged).expect(422)).body.code).toBe('opinion/wrong-signer');
    const signed = await signOpinion(service, footprint.uuid, registrar, body);
    const changed = { ...signed, message: { ...signed.message, level: '2' } };
    expect((await send(changed).expect(422)).body.code).toBe('opinion/wrong-signer');
    // another body cannot hand it in either
    const second = await makeKeyHolder(service, 'body', 'second-body');
    expect((await send(signed, second.apiKey).expect(422)).body.code).toBe('opinion/wrong-signer');
  });

  test('a right opinion is recorded with its own signature; the reviewer stays blinded', async () => {
    const signed = await signOpinion(service, footprint.uuid, registrar, body);
    const { body: made } = await send(signed).expect(201);
    expect(made).toMatchObject({ opinionId: signed.message.opinionId, registration: snapshot.content });
    const [recorded] = await service.service.app.get(ProofsService).entriesByContent([made.content]);
    const entry = parseEntry(recorded!.bytes);
    expect(entry).toMatchObject({ kind: 'opinion/v1', sig: { alg: 'EIP712', value: signed.signature } });
    expect(entry.issuer).toMatch(new RegExp(`^did:pkh:eip155:\\d+:${body.wallet.address}$`));
    const stored = (await service.service.app.get(DocumentsService).load(made.content)) as any;
    expect(stored.doc.reviewer).toBe('SECRET Reviewer');
    expect(Buffer.from(recorded!.bytes).toString()).not.toContain('SECRET');

    expect((await send(signed).expect(409)).body.code).toBe('opinion/duplicate');
    await service.get(`/api/v1/opinions/${made.uuid}`, exporter.apiKey).expect(200);
    await service.get(`/api/v1/opinions/${made.uuid}`, other.apiKey).expect(404);
  });

  test('a qualified opinion carries its limitations in the open', async () => {
    const { textWord } = await import('#lib/opinion');
    const limitationsText = 'Transport distances were not checked.';
    const change = { opinion: '2', limitations: textWord(limitationsText) };
    const signed = await signOpinion(service, footprint.uuid, registrar, body, change);
    const { body: made } = await send({ ...signed, limitationsText }).expect(201);
    expect(made.document.limitationsText).toBe(limitationsText);
  });

  test('an opinion that was revoked on chain before it came in is refused', async () => {
    const signed = await signOpinion(service, footprint.uuid, registrar, body);
    await sendOwn(service, body, 'BodyRegistry', 'revokeOpinion', [
      signed.message.opinionId,
      1,
      `0x${'00'.repeat(32)}`,
    ]);
    expect((await send(signed).expect(409)).body.code).toBe('opinion/revoked');
  });

  test('a body whose registration was withdrawn gives no opinion', async () => {
    const withdrawn = await makeKeyHolder(service, 'body', 'withdrawn-body');
    await register(service, registrar, withdrawn);
    const from = Math.floor(Date.now() / 1000) - 3_600;
    await sendOwn(service, registrar, 'BodyRegistry', 'withdrawRegistration', [
      withdrawn.wallet.address,
      0,
      1,
      `0x${'00'.repeat(32)}`,
      from,
    ]);
    const signed = await signOpinion(service, footprint.uuid, registrar, withdrawn);
    expect((await send(signed, withdrawn.apiKey).expect(409)).body.code).toBe('opinion/withdrawn');
  });

  test('a registrar registers in its own name, and not itself', async () => {
    const registration = {
      registrar: body.wallet.address,
      body: body.wallet.address,
      names: { en: 'x' },
      scope: 'x',
      validFrom: '2025-01-01T00:00:00Z',
      validUntil: '2026-01-01T00:00:00Z',
    };
    const foreign = await service.post('/api/v1/registrations', registration, registrar.apiKey).expect(403);
    expect(foreign.body.code).toBe('registration/other-registrar');
    const own = { ...registration, registrar: registrar.wallet.address, body: registrar.wallet.address };
    expect((await service.post('/api/v1/registrations', own, registrar.apiKey).expect(400)).body.code).toBe(
      'registration/own-body',
    );
    await service.post('/api/v1/registrations', registration, exporter.apiKey).expect(403);
  });
});

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { fromBase64url, utf8 } from '#lib/canonical';
import { recoverAddress } from '#lib/evm';
import { checkEntrySignature, parseEntry } from '#lib/record';
import { DocumentsService } from '../../apps/ledger/src/documents/documents.service.ts';
import { ProofsService } from '../../apps/ledger/src/log/proofs.service.ts';
import { OrganisationsService } from '../../apps/ledger/src/organisations/organisations.service.ts';
import { EXPORTER, startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

test('an exporter gets keys in a file that only the service reads, and signs with them', async () => {
  const made = await service.enrol(EXPORTER);
  expect(made).toMatchObject({
    id: EXPORTER.slug,
    did: `did:web:passports.example%3A8787:o:${EXPORTER.slug}`,
    kid: `${made.did}#key-1`,
  });
  const path = join(service.dataDir, 'keys', `${EXPORTER.slug}.json`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const { body: me } = await service.get('/api/v1/organisations/me', made.apiKey).expect(200);
  expect(me).toMatchObject({
    uuid: made.uuid,
    role: 'exporter',
    keyHolder: 'operator',
    names: EXPORTER.names,
  });
  expect(JSON.stringify(me)).not.toContain(JSON.parse(await readFile(path, 'utf8')).signing.secretKey);

  const { app } = service.service;
  const organisations = app.get(OrganisationsService);
  const issuer = await organisations.issuer(made.uuid);
  const [entry] = await app.get(ProofsService).entriesByContent([issuer.keyContent]);
  const publicKey = fromBase64url(issuer.publicKeyJwk.x);
  expect(checkEntrySignature(parseEntry(entry!.bytes), publicKey)).toBe(true);
  const document = await app.get(DocumentsService).load(issuer.keyContent);
  expect(document).toMatchObject({
    type: 'key/v1',
    doc: { kid: issuer.kid, signedBy: 'self', sequence: 1, previous: null },
  });

  const digest = new Uint8Array(32).fill(7);
  expect(recoverAddress(digest, await organisations.signMintAuthorisation(made.uuid, digest))).toBe(
    issuer.mintKey,
  );
  expect(await organisations.signEntry(made.uuid, utf8('x'))).toHaveLength(64);
});

test('the same request again gives the same answer and records nothing; another body is refused', async () => {
  const body = { ...EXPORTER, slug: 'again' };
  const proofs = service.service.app.get(ProofsService);
  const first = await service.post('/api/v1/organisations', body, service.operatorKey, 'key-1').expect(201);
  const size = (await proofs.head())?.size;
  const second = await service.post('/api/v1/organisations', body, service.operatorKey, 'key-1').expect(201);
  expect(second.body).toEqual(first.body);
  expect((await proofs.head())?.size).toBe(size);
  const other = await service
    .post('/api/v1/organisations', { ...body, country: 'DE' }, service.operatorKey, 'key-1')
    .expect(422);
  expect(other.body.code).toBe('http/idempotency-mismatch');
  const taken = await service.post('/api/v1/organisations', body, service.operatorKey).expect(409);
  expect(taken.body).toMatchObject({ code: 'organisation/duplicate', pointer: '/slug' });
});

test('twenty at once with one key make one organisation', async () => {
  const body = { ...EXPORTER, slug: 'crowd' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      service.post('/api/v1/organisations', body, service.operatorKey, 'crowd-key'),
    ),
  );
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.uuid} ${body.apiKey}`)).size).toBe(1);
  expect(answers[0]?.status).toBe(201);
});

test('bodies and registrars have keys of their own; a registrar comes into the root', async () => {
  const [body, registrar] = [Wallet.createRandom().address, Wallet.createRandom().address];
  await service.enrol({
    slug: 'body',
    role: 'body',
    names: { en: 'Body' },
    country: 'CN',
    ethAddress: body.toLowerCase(),
  });
  await service.enrol({
    slug: 'registrar',
    role: 'registrar',
    names: { en: 'Registrar' },
    country: 'CN',
    ethAddress: registrar,
  });
  const root = JSON.parse(await readFile(join(service.dataDir, 'root.json'), 'utf8'));
  expect(root.registrars).toEqual([{ address: registrar, name: 'Registrar' }]);
  const { body: did } = await service.get('/o/body/did.json').expect(200);
  expect(did.verificationMethod[0].blockchainAccountId).toBe(`eip155:31337:${body}`);
  expect((await service.service.app.get(OrganisationsService).findByAddress(body))?.slug).toBe('body');
});

test.each([
  [{ uscc: '91330782MA28XXXX0A' }, 'record/uscc-check-digit', '/uscc'],
  [{ uscc: '123' }, 'record/malformed-uscc', '/uscc'],
  [{ ethAddress: Wallet.createRandom().address }, 'organisation/invalid', '/ethAddress'],
  [{ names: {} }, 'organisation/invalid', '/names'],
  [{ slug: 'operator' }, 'organisation/invalid', '/slug'],
  [{ role: 'body' }, 'organisation/invalid', '/ethAddress'],
])('%j is refused', async (change, code, pointer) => {
  const { body } = await service
    .post('/api/v1/organisations', { ...EXPORTER, slug: 'bad', ...change }, service.operatorKey)
    .expect(400);
  expect(body).toMatchObject({ code, pointer });
});

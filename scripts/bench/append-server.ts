// The service in a process of its own, for the append figures: `store` is the product; `nothing` is the same application
// whose log answers without storing, which only this bench can make. Says in one JSON line where it is, ends on SIGTERM.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mode = process.argv[2] as 'store' | 'nothing';
const built = (path: string) => import(new URL(`../../dist/apps/ledger/src/${path}`, import.meta.url).href);
const { createApp }: typeof import('../../apps/ledger/src/create-app.ts') = await built('create-app.js');
const { loadConfig }: typeof import('../../apps/ledger/src/config.ts') = await built('config.js');
const { LogService }: typeof import('../../apps/ledger/src/log/log.service.ts') =
  await built('log/log.service.js');
const { EnrolmentService }: typeof import('../../apps/ledger/src/organisations/enrolment.service.ts') =
  await built('organisations/enrolment.service.js');
const { DatabaseUrl }: typeof import('../../apps/ledger/src/database/database-url.ts') =
  await built('database/database-url.js');

const dataDir = await mkdtemp(join(process.env.TMPDIR ?? tmpdir(), 'bench-append-'));
const PUBLIC_URL = 'http://bench.example';
const service = await createApp(
  loadConfig({ DATA_DIR: dataDir, PORT: '0', PUBLIC_URL, ANCHORLEAF_LOG_LEVEL: 'warn' }),
);
const { app } = service;
const enrolled = await app
  .get(EnrolmentService)
  .enrol(
    { slug: 'bench', role: 'exporter', names: { en: 'Bench' }, country: 'CN' },
    { id: '00000000-0000-4000-8000-0000000000be', keyed: false, bodyHash: null },
  );
if (mode === 'nothing') {
  // an answer of the size that a log of a million entries gives, at once
  const checkpoint = `bench.example/log\n1000000\n${'A'.repeat(43)}=\n\n— bench.example/log ${'A'.repeat(92)}\n`;
  const hash = new Uint8Array(32);
  const proof = Array.from({ length: 20 }, () => hash);
  const batch = { size: 1_000_000n, root: hash, checkpoint, inclusion: () => proof };
  app.get(LogService).append = async (entries) => ({
    at: entries.map(({ leafHash }, n) => ({ index: BigInt(n), leafHash, isNew: true })),
    batch,
  });
}
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as { port: number };
console.log(
  JSON.stringify({
    port,
    did: enrolled.did,
    apiKey: enrolled.apiKey,
    keyFile: join(dataDir, 'keys/bench.json'),
    database: app.get(DatabaseUrl).url,
  }),
);
process.once('SIGTERM', async () => {
  await service.close();
  await rm(dataDir, { recursive: true, force: true });
  process.exit(0);
});

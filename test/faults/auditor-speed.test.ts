// How fast an auditor replays plain entries, over HTTP, with all that is checked of each; beside it the hashing alone.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { canonicalBytes, contentId, type JsonObject, utf8 } from '#lib/canonical';
import {
  contentDocumentId,
  coverRefs,
  type Entry,
  entryBytes,
  makeEntry,
  manifestOf,
  subjectOf,
} from '#lib/record';
import { leafHash } from '#lib/transparency-log';
import { runAudit } from '../../apps/auditor/src/audit-run.ts';
import { HttpSource } from '../../apps/auditor/src/http-source.ts';
import { keyDocument } from '../../scripts/golden/documents.ts';
import { issuerSigner } from '../../scripts/golden/log.ts';
import { DID, on } from '../../scripts/golden/people.ts';
import { chainOf, MemorySource, rootOf } from '../support/audited-source.ts';
import { AuditedWorld } from '../support/audited-world.ts';

const PLAIN = 100_000;
const MANIFEST = 500;

/** A key, then data entries under signed manifests of 500. */
function fill(): { leaves: Uint8Array[]; documents: Map<string, never> } {
  const leaves: Uint8Array[] = [];
  const documents = new Map<string, never>();
  const record = (doc: JsonObject, refs: Entry['refs'] = []) => {
    const id = contentDocumentId(doc as never, {});
    const facts = {
      kind: doc.type as Entry['kind'],
      subject: subjectOf(doc as never),
      issuer: DID,
      time: on('10-02'),
    };
    leaves.push(entryBytes(makeEntry({ ...facts, content: id, refs }, issuerSigner)));
    documents.set(id, { kind: 'found', bytes: canonicalBytes(doc) } as never);
  };
  const nonce = (n: number) => `${String(n).padStart(20, 'A')}AA`;
  record(keyDocument(nonce(0)));
  for (let at = 0; at < PLAIN; at += MANIFEST) {
    const entries = Array.from({ length: MANIFEST }, (_, n) => {
      const content = contentId(utf8(`reading ${at + n}`));
      const subject = content.slice(7, 49).concat('A');
      return makeEntry({ kind: 'activity/v1', subject, issuer: DID, time: on('10-02'), content, refs: [] });
    });
    const bytes = entries.map((entry) => entryBytes(entry));
    leaves.push(...bytes);
    const manifest = manifestOf(entries).map((item) => ({ ...item }));
    record(
      { type: 'import/v1', nonce: nonce(at), organisation: DID, manifest, file: null },
      coverRefs(bytes.map((each) => leafHash(each))),
    );
  }
  return { leaves, documents };
}

test('100,000 plain entries', async () => {
  const { leaves, documents } = fill();
  const world = await AuditedWorld.make({ covered: false });
  world.world.log.heads.length = 0;
  const memory = new MemorySource(leaves, documents);
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/log/', '');
    const answer = path.startsWith('contents/')
      ? memory.content(path.slice(9)).then((each) => (each.kind === 'found' ? each.bytes : new Uint8Array()))
      : path === 'checkpoint'
        ? memory.checkpoint()
        : memory.tile(path);
    void answer.then((bytes) => response.end(bytes));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  try {
    await memory.tile('tile/0/000'); // the tree behind the tiles is not what is measured
    const source = new HttpSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const began = performance.now();
    const result = await runAudit({
      source,
      also: [],
      notes: [],
      root: rootOf(world),
      rpc: chainOf(world),
      endpoints: ['https://rpc.one.example/', 'https://rpc.two.example/'],
      now: () => world.now,
      state: null,
      from: 0,
      all: true,
      progress: () => undefined,
      save: async () => undefined,
    });
    const seconds = (performance.now() - began) / 1_000;
    expect(result.findings.map(({ code, place }) => `${code} ${place}`)).toEqual(['anchor/overdue entry 0']);
    expect([result.size, result.uncovered]).toEqual([leaves.length, 0]);
    const from = performance.now();
    for (const bytes of leaves) leafHash(bytes);
    const hashing = (performance.now() - from) / 1_000;
    const megabytes = Math.round(process.memoryUsage().rss / 1024 / 1024);
    console.log(
      `counted: ${PLAIN} plain entries audited at ${Math.round(leaves.length / seconds)} entries/s, ${(seconds / hashing).toFixed(1)} × their hashing alone, ${megabytes} MB with the service in the same process`,
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}, 300_000);

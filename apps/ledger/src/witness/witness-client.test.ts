import { createServer, type Server } from 'node:http';
import { ed25519 } from '@noble/curves/ed25519.js';
import {
  cosign,
  cosignerKey,
  formatCheckpoint,
  formatVerifierKey,
  parseAddCheckpoint,
  signNote,
} from '#lib/transparency-log';
import { parseWitness, parseWitnessedLog } from './settings.ts';
import { askWitness } from './witness-client.ts';

const secret = (fill: number) => new Uint8Array(32).fill(fill);
const cosigner = { name: 'witness.example/w', secretKey: secret(5) };
const LOG = { name: 'ledger.example/log', secretKey: secret(1) };
const text = formatCheckpoint({ origin: LOG.name, size: 7n, root: secret(9) });
const note = signNote(text, LOG);
const NOW = new Date('2026-11-25T12:00:00Z');
const now = BigInt(NOW.getTime() / 1000);

type Answer = { readonly status: number; readonly type?: string; readonly body?: string };
let answer: Answer = { status: 500 };
let asked = '';
let server: Server;
let url = '';
beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    asked = '';
    incoming.on('data', (part) => {
      asked += part;
    });
    incoming.on('end', () =>
      outgoing
        .writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain', location: '/elsewhere' })
        .end(answer.body ?? ''),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}/w/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function ask(next: Answer) {
  answer = next;
  const witness = parseWitness(`${cosignerKey(cosigner)} ${url}`);
  return askWitness(witness, { old: 3n, proof: [secret(4)], note, text }, NOW);
}

test('a cosignature of its key over our checkpoint, of about now, is taken', async () => {
  for (const time of [now, now - 300n, now + 300n]) {
    const line = cosign(text, cosigner, time);
    const reply = await ask({ status: 200, body: `— x.example AAAAAAAA\n${line}` });
    expect(reply).toMatchObject({ kind: 'cosigned', cosignature: { time, line, name: cosigner.name } });
  }
  expect(parseAddCheckpoint(asked)).toEqual({ old: 3n, proof: [secret(4)], checkpoint: note });
});

test('a 409 says what it holds; without a size, and as a 422, that it contradicts', async () => {
  const size = { status: 409, type: 'text/x.tlog.size; charset=utf-8', body: '12\n' };
  expect(await ask(size)).toEqual({ kind: 'holds', size: 12n });
  expect(await ask({ status: 422 })).toEqual({ kind: 'contradicts' });
  // v1.0.0 has 409 for equal sizes with another root too
  expect(await ask({ status: 409 })).toEqual({ kind: 'contradicts' });
});

test.each<[string, Answer, string]>([
  ['an error', { status: 500 }, 'answered 500'],
  ['a log that it does not know', { status: 404 }, 'answered 404'],
  ['another address', { status: 307 }, 'gave no answer'],
  ['text', { status: 200, body: 'hello\n' }, 'signature line'],
  ['nothing', { status: 200 }, 'signature lines'],
  ['an answer without end', { status: 200, body: 'x'.repeat(200_000) }, 'more than 131072 bytes'],
  [
    'another’s cosignature',
    { status: 200, body: cosign(text, { name: 'x.example', secretKey: secret(6) }, now) },
    'without a signature',
  ],
  [
    'another key under its name',
    { status: 200, body: cosign(text, { ...cosigner, secretKey: secret(6) }, now) },
    'without a signature',
  ],
  ['the log’s own signature', { status: 200, body: note.slice(text.length + 1) }, 'without a signature'],
  [
    'a cosignature of another head',
    { status: 200, body: cosign(`${text}x\n`, cosigner, now) },
    'does not match',
  ],
  ['a whole note', { status: 200, body: note }, 'signature line'],
  ['a time to come', { status: 200, body: cosign(text, cosigner, now + 301n) }, '301 s from now'],
  ['a time long gone', { status: 200, body: cosign(text, cosigner, now - 301n) }, '-301 s from now'],
  ['a size that is none', { status: 409, type: 'text/x.tlog.size', body: 'many\n' }, 'is not a size'],
])('%s proves nothing and is not taken', async (_, next, reason) => {
  await expect(ask(next)).rejects.toMatchObject({
    name: 'WitnessUnusable',
    message: expect.stringContaining(reason),
  });
});

test('nobody there', async () => {
  const witness = parseWitness(`${cosignerKey(cosigner)} http://127.0.0.1:1`);
  const asking = askWitness(witness, { old: 0n, proof: [], note, text }, NOW);
  await expect(asking).rejects.toMatchObject({ name: 'WitnessUnusable' });
});

test('settings name a key of the right type, and a witness its URL', () => {
  const [vkey, log] = [
    cosignerKey(cosigner),
    formatVerifierKey(LOG.name, ed25519.getPublicKey(LOG.secretKey)),
  ];
  expect(parseWitness(`${vkey} https://w.example/a//`)).toMatchObject({ url: 'https://w.example/a' });
  expect(parseWitnessedLog(log)).toMatchObject({ name: LOG.name, type: 1 });
  for (const bad of [
    '',
    vkey,
    `${vkey} `,
    `${vkey} w.example`,
    `${vkey} ftp://w.example`,
    `${log} ${url}`,
    `${vkey} ${url} x`,
  ])
    expect(() => parseWitness(bad)).toThrow();
  for (const bad of ['', vkey, `${log} `, 'ledger.example/log'])
    expect(() => parseWitnessedLog(bad)).toThrow();
});

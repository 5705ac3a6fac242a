// Proofs as this service exports them, checked by a program in another language that shares no code with it.
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import { cosign, cosignerKey, parseLogProof } from '#lib/transparency-log';
import { makeTestFolder, ROOT, type TestFolder } from '../support/folder.ts';
import { EXPORTER, startTestService, type TestService } from '../support/service.ts';

const PROGRAM = join(ROOT, 'test/independent/check_tlog_proof.py');
const isThere = spawnSync('python3', ['--version']).status === 0;
if (!isThere) console.warn('skipped: python3 is not on this machine, exported proofs are not checked by it');

let service: TestService;
let folder: TestFolder;
beforeAll(async () => {
  if (!isThere) return;
  folder = await makeTestFolder('independent');
  service = await startTestService();
  for (const slug of ['one', 'two', 'three']) await service.enrol({ ...EXPORTER, slug });
});
afterAll(async () => {
  await service?.stop();
  await folder?.remove();
});

/** What the program prints, or why it refuses. */
async function check(entry: Uint8Array, proof: string, ...keys: string[]): Promise<string> {
  const [entryPath, proofPath] = [join(folder.path, 'entry'), join(folder.path, '1.tlog-proof')];
  await writeFile(entryPath, entry);
  await writeFile(proofPath, proof);
  const { stdout, stderr } = spawnSync('python3', [PROGRAM, entryPath, proofPath, ...keys], {
    encoding: 'utf8',
  });
  return (stdout + stderr).trim();
}

const entryAt = async (index: number) => {
  const { text } = await request(service.service.app.getHttpServer())
    .get(`/log/entries/${index}`)
    .expect(200);
  return Buffer.from(text);
};
const proofAt = async (index: number) => (await service.get(`/log/entries/${index}/proof`).expect(200)).text;

(isThere ? test : test.skip)('every entry’s proof is taken, and nothing that was changed', async () => {
  const key = service.service.installation.logVerifierKey;
  for (let index = 0; index < 9; index++)
    expect(await check(await entryAt(index), await proofAt(index), key)).toBe(`${index} 9 -`);
  const [entry, other, proof] = [await entryAt(4), await entryAt(5), await proofAt(4)];
  expect(await check(other, proof, key)).toContain('do not lead to the root');
  expect(await check(entry, proof.replace('index 4', 'index 5'), key)).toContain('refused');
  expect(await check(entry, proof.replace('\n9\n', '\n8\n'), key)).toContain('a signature does not hold');
  const [hash = ''] = proof.split('\n').slice(2);
  expect(await check(entry, proof.replace(`${hash}\n`, ''), key)).toContain('refused');
  expect(await check(entry, proof.replace(hash, `${hash}\n${hash}`), key)).toContain('refused');
});

(isThere ? test : test.skip)(
  'a cosignature is checked over time and text; an unknown key’s is passed over',
  async () => {
    const key = service.service.installation.logVerifierKey;
    const witness = { name: 'witness.example/w', secretKey: new Uint8Array(32).fill(3) };
    const [entry, proof] = [await entryAt(2), await proofAt(2)];
    const { checkpoint } = parseLogProof(proof);
    const text = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1);
    const cosigned = proof + cosign(text, witness, 1_793_000_000n);
    expect(await check(entry, cosigned, key, cosignerKey(witness))).toBe('2 9 witness.example/w');
    expect(await check(entry, cosigned, key)).toBe('2 9 -');
    const wrong = proof + cosign(`${text}x\n`, witness, 1_793_000_000n);
    expect(await check(entry, wrong, key, cosignerKey(witness))).toContain('a signature does not hold');
  },
);

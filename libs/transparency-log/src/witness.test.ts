import { ed25519 } from '@noble/curves/ed25519.js';
import { fromBase64, toBase64, utf8 } from '#lib/canonical';
import { formatCheckpoint, openCheckpoint } from './checkpoint.ts';
import { proveConsistency } from './consistency.ts';
import { cosign, cosignerKey, keepSignatures, readCosignatures } from './cosignature.ts';
import { EMPTY_ROOT, leafHash, treeHash } from './hash.ts';
import { readerOf } from './nodes.ts';
import { formatVerifierKey, openNote, parseVerifierKey, signNote } from './note.ts';
import {
  type AddCheckpoint,
  formatAddCheckpoint,
  formatTreeSize,
  judgeCheckpoint,
  parseAddCheckpoint,
  parseTreeSize,
} from './witness.ts';

const refused = (run: () => unknown, code: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'LogError', code }));
const secret = (fill: number) => new Uint8Array(32).fill(fill);
const ORIGIN = 'ledger.example/log';
const log = parseVerifierKey(formatVerifierKey(ORIGIN, ed25519.getPublicKey(secret(1))));
const witness = { name: 'witness.example/w1', secretKey: secret(2) };
const witnessKey = parseVerifierKey(cosignerKey(witness));
const leaves = Array.from({ length: 40 }, (_, n) => leafHash(utf8(`entry ${n}`)));
const rootAt = (size: bigint) => (size === 0n ? EMPTY_ROOT : treeHash(leaves.slice(0, Number(size))));
const textAt = (size: bigint, root = rootAt(size), origin = ORIGIN) =>
  formatCheckpoint({ origin, size, root });
const noteAt = (size: bigint, root = rootAt(size), fill = 1) =>
  signNote(textAt(size, root), { name: ORIGIN, secretKey: secret(fill) });
const proofOf = (from: bigint, to: bigint) => proveConsistency(readerOf(leaves), from, to);

describe('cosignatures', () => {
  const text = textAt(7n);
  const line = cosign(text, witness, 1_793_000_000n);

  test('are read by name, key id and type, and hold over text and time', () => {
    expect(line).toMatch(/^— witness\.example\/w1 [A-Za-z0-9+/=]+\n$/);
    expect(fromBase64(line.split(' ')[2]!.trim())).toHaveLength(76);
    expect(readCosignatures(text, line, [witnessKey])).toEqual([
      { name: witness.name, keyId: witnessKey.keyId, time: 1_793_000_000n, line },
    ]);
    expect(openCheckpoint(noteAt(7n) + line, log, [witnessKey]).witnessedBy).toHaveLength(1);
  });

  test('lines of unknown keys, and of the log itself, are left out', () => {
    const other = cosign(text, { name: 'other.example', secretKey: secret(3) }, 5n);
    const own = noteAt(7n).slice(text.length + 1);
    expect(readCosignatures(text, other + own + line, [witnessKey])).toHaveLength(1);
    expect(readCosignatures(text, other, [witnessKey])).toEqual([]);
    expect(readCosignatures(text, own, [log])).toEqual([]);
  });

  test.each([
    ['a cosignature of another head', cosign(textAt(8n), witness, 5n), 'log/bad-signature'],
    ['a cosignature with its time changed', line.replace('AAAA', 'AAAB'), 'log/bad-signature'],
    ['text', 'hello\n', 'log/malformed-note'],
    ['no newline at the end', line.trimEnd(), 'log/malformed-note'],
    ['nothing', '', 'log/malformed-note'],
    ['an empty line', `${line}\n${line}`, 'log/malformed-note'],
    ['a whole note', noteAt(7n), 'log/malformed-note'],
    ['101 lines', line.repeat(101), 'log/malformed-note'],
  ])('%s is refused', (_, lines, code) => {
    refused(() => readCosignatures(text, lines, [witnessKey]), code);
  });

  test('a time that none has is not signed', () => {
    for (const time of [0n, -1n, 1n << 63n]) expect(() => cosign(text, witness, time)).toThrow('time');
    expect(readCosignatures(text, cosign(text, witness, (1n << 63n) - 1n), [witnessKey])).toHaveLength(1);
  });

  test('of a note, the signatures of some keys can be kept', () => {
    const many = `${noteAt(7n)}— other.example ${toBase64(new Uint8Array(68))}\n${line}`;
    expect(keepSignatures(many, [log])).toBe(noteAt(7n));
    expect(keepSignatures(many, [log, witnessKey])).toBe(noteAt(7n) + line);
    expect(openNote(keepSignatures(many, [witnessKey]), [witnessKey]).text).toBe(text);
    refused(() => keepSignatures(noteAt(7n), [witnessKey]), 'log/no-known-signature');
    // whoever repeats what the log signed: our own line behind it must not be one too many for readers
    const own = noteAt(7n).slice(text.length + 1);
    expect(keepSignatures(noteAt(7n) + own.repeat(99), [log])).toBe(noteAt(7n));
  });
});

// Example bodies of C2SP tlog-witness (c2sp.org/tlog-witness), CC BY 4.0, https://creativecommons.org/licenses/by/4.0/
const EXAMPLE_REQUEST = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;

describe('the request', () => {
  test('the example of the specification is read and written back', () => {
    const request = parseAddCheckpoint(EXAMPLE_REQUEST);
    expect(request).toMatchObject({ old: 20_852_014n, proof: expect.any(Array) });
    expect(request.proof).toHaveLength(4);
    expect(request.checkpoint.startsWith('example.com/behind-the-sofa\n20852163\n')).toBe(true);
    expect(formatAddCheckpoint(request)).toBe(EXAMPLE_REQUEST);
  });

  test('without a proof there are two lines before the checkpoint', () => {
    const body = formatAddCheckpoint({ old: 0n, proof: [], checkpoint: noteAt(3n) });
    expect(body.startsWith(`old 0\n\n${ORIGIN}\n3\n`)).toBe(true);
    expect(parseAddCheckpoint(body)).toEqual({ old: 0n, proof: [], checkpoint: noteAt(3n) });
  });

  const hash = `${toBase64(new Uint8Array(32))}\n`;
  test('63 hashes are read', () => {
    expect(parseAddCheckpoint(`old 1\n${hash.repeat(63)}\nx`).proof).toHaveLength(63);
  });

  test.each([
    ['nothing', ''],
    ['a checkpoint alone', noteAt(3n)],
    ['no empty line', 'old 0\n'],
    ['no size', `old \n\n${noteAt(3n)}`],
    ['a leading zero', `old 01\n\n${noteAt(3n)}`],
    ['a negative size', `old -1\n\n${noteAt(3n)}`],
    ['a size of 2^64', `old ${1n << 64n}\n\n${noteAt(3n)}`],
    ['two spaces', `old  1\n\n${noteAt(3n)}`],
    ['a carriage return', `old 1\r\n\n${noteAt(3n)}`],
    ['64 hashes', `old 1\n${hash.repeat(64)}\n${noteAt(3n)}`],
    ['a hash of 31 bytes', `old 1\n${toBase64(new Uint8Array(31))}\n\n${noteAt(3n)}`],
    ['a hash that is not base64', `old 1\n****\n\n${noteAt(3n)}`],
  ])('%s is refused', (_, body) => {
    refused(() => parseAddCheckpoint(body), 'log/malformed-request');
  });

  test('the size of a 409', () => {
    expect(parseTreeSize(formatTreeSize(20_852_014n))).toBe(20_852_014n);
    for (const bad of ['', '\n', '5', '05\n', '-5\n', '5\n\n', 'five\n', `${1n << 64n}\n`])
      refused(() => parseTreeSize(bad), 'log/malformed-request');
  });
});

describe('what a witness answers', () => {
  const ask = (request: Partial<AddCheckpoint> & { checkpoint: string }, last = 0n, root = rootAt(last)) =>
    judgeCheckpoint({ old: last, proof: [], ...request }, [log], async () => ({ size: last, root }));
  const statusOf = async (...of: Parameters<typeof ask>) => (await ask(...of)).status;

  test('200 for the first head, for every head that extends the last, and for the last again', async () => {
    expect(await ask({ checkpoint: noteAt(7n) })).toEqual({
      status: 200,
      head: { size: 7n, root: rootAt(7n) },
      text: textAt(7n),
    });
    for (let from = 1n; from <= 20n; from++)
      for (let to = from; to <= 20n; to++)
        expect(await statusOf({ checkpoint: noteAt(to), proof: proofOf(from, to) }, from)).toBe(200);
    expect(await statusOf({ checkpoint: noteAt(0n) })).toBe(200);
  });

  test('signatures of others beside the log’s are passed over and not cosigned', async () => {
    const noisy = `${noteAt(7n)}— other.example ${toBase64(new Uint8Array(68))}\n`;
    expect(await ask({ checkpoint: noisy })).toMatchObject({ status: 200, text: textAt(7n) });
  });

  test.each([
    ['a note without text', '\n\n— x AAAA\n', 404],
    ['no note', '', 404],
    [
      'an unknown origin',
      signNote(textAt(7n, rootAt(7n), 'other.example'), { name: 'other.example', secretKey: secret(1) }),
      404,
    ],
    ['another key of the same name', noteAt(7n, rootAt(7n), 3), 403],
    ['nobody’s signature', `${textAt(7n)}\n— other.example ${toBase64(new Uint8Array(68))}\n`, 403],
    ['a changed text', noteAt(7n).replace('\n7\n', '\n8\n'), 403],
    ['a witness’s signature alone', `${textAt(7n)}\n${cosign(textAt(7n), witness, 5n)}`, 403],
  ])('%s', async (_, checkpoint, status) => {
    expect(await statusOf({ checkpoint })).toBe(status);
  });

  test('what is no note, and signed text that is no checkpoint, is refused', async () => {
    const notes = {
      [textAt(7n)]: 'note',
      [signNote(`${ORIGIN}\nseven\n`, { name: ORIGIN, secretKey: secret(1) })]: 'checkpoint',
    };
    for (const [checkpoint, what] of Object.entries(notes))
      await expect(ask({ checkpoint })).rejects.toMatchObject({ code: `log/malformed-${what}` });
  });

  test('400 before 409: an old size beyond the checkpoint', async () => {
    expect(await statusOf({ checkpoint: noteAt(7n), old: 8n }, 3n)).toBe(400);
    expect(await statusOf({ checkpoint: noteAt(7n), old: 8n }, 8n)).toBe(400);
  });

  test('409 with the size that is held, for an old size above or below it', async () => {
    for (const old of [0n, 4n, 6n, 7n])
      expect(await ask({ checkpoint: noteAt(7n), old, proof: [] }, 5n)).toMatchObject({
        status: 409,
        size: 5n,
      });
    expect(await ask({ checkpoint: noteAt(7n), old: 3n, proof: proofOf(3n, 7n) })).toMatchObject({
      status: 409,
      size: 0n,
    });
  });

  test('422 for every proof that does not hold', async () => {
    const other = treeHash(leaves.slice(1, 8));
    expect(await statusOf({ checkpoint: noteAt(7n), proof: proofOf(3n, 8n) }, 3n)).toBe(422);
    expect(await statusOf({ checkpoint: noteAt(7n), proof: [] }, 3n)).toBe(422);
    expect(await statusOf({ checkpoint: noteAt(7n, other), proof: proofOf(3n, 7n) }, 3n)).toBe(422);
    expect(await statusOf({ checkpoint: noteAt(7n), proof: proofOf(3n, 7n) }, 3n, other)).toBe(422);
    // the same size: another root, or hashes that prove nothing
    expect(await statusOf({ checkpoint: noteAt(7n, other) }, 7n)).toBe(422);
    expect(await statusOf({ checkpoint: noteAt(7n), proof: proofOf(3n, 7n) }, 7n)).toBe(422);
    // size 0
    expect(await statusOf({ checkpoint: noteAt(7n), proof: proofOf(3n, 7n) })).toBe(422);
    expect(await statusOf({ checkpoint: noteAt(0n, other) })).toBe(422);
  });

  test('two keys of one log: either may have signed', async () => {
    const next = parseVerifierKey(formatVerifierKey(ORIGIN, ed25519.getPublicKey(secret(3))));
    const last = async () => ({ size: 0n, root: EMPTY_ROOT });
    for (const fill of [1, 3]) {
      const request = { old: 0n, proof: [], checkpoint: noteAt(7n, rootAt(7n), fill) };
      expect((await judgeCheckpoint(request, [log, next], last)).status).toBe(200);
    }
  });
});

import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, fromBase64, fromHex, toBase64, utf8 } from '#lib/canonical';
import { formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT } from './hash.ts';
import {
  COSIGNATURE,
  formatVerifierKey,
  noteKeyId,
  openNote,
  parseVerifierKey,
  signNote,
  type VerifierKey,
} from './note.ts';

const refused = (run: () => unknown, code: string) =>
  expect(run).toThrow(expect.objectContaining({ name: 'LogError', code }));
const secret = (fill: number) => new Uint8Array(32).fill(fill);
const keyOf = (name: string, fill: number): VerifierKey =>
  parseVerifierKey(formatVerifierKey(name, ed25519.getPublicKey(secret(fill))));
const NAME = 'ledger.example/log';
const log = keyOf(NAME, 1);
const witnessKey = parseVerifierKey(
  formatVerifierKey('witness.example/w', ed25519.getPublicKey(secret(2)), COSIGNATURE),
);
const text = formatCheckpoint({ origin: NAME, size: 7n, root: new Uint8Array(32).fill(9) });
const note = signNote(text, { name: NAME, secretKey: secret(1) });
const lineOf = (signed: string) => signed.slice(signed.lastIndexOf('\n\n') + 2);

/** A cosignature line as a witness writes it: time, and Ed25519 over header, time and text. */
function cosignatureLine(text: string, time: bigint, fill = 2, name = 'witness.example/w') {
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, time);
  const signature = ed25519.sign(utf8(`cosignature/v1\ntime ${time}\n${text}`), secret(fill));
  const id = fromHex(noteKeyId(name, ed25519.getPublicKey(secret(fill)), COSIGNATURE));
  return `— ${name} ${toBase64(concat(id, stamp, signature))}\n`;
}

describe('the worked example of the note specification', () => {
  const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  const example =
    'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
  test('its key is read and its signature holds', () => {
    const key = parseVerifierKey(vkey);
    expect(openNote(example, [key])).toEqual({
      text: 'This is an example message.\n',
      signedBy: [{ name: 'example.com/foo', keyId: '530d903a', time: null }],
    });
    expect(formatVerifierKey(key.name, key.publicKey)).toBe(vkey);
  });
  test('another text under it is refused', () => {
    refused(() => openNote(example.replace('This', 'That'), [parseVerifierKey(vkey)]), 'log/bad-signature');
  });
});

describe('verifier keys', () => {
  const vkey = formatVerifierKey(NAME, log.publicKey);
  test('written and read back, with an id that depends on name, type and key', () => {
    expect(vkey).toMatch(/^ledger\.example\/log\+[0-9a-f]{8}\+A/);
    expect(parseVerifierKey(vkey)).toEqual(log);
    const ids = [
      noteKeyId(NAME, log.publicKey),
      noteKeyId(NAME, log.publicKey, COSIGNATURE),
      noteKeyId('x', log.publicKey),
    ];
    expect(new Set(ids).size).toBe(3);
  });
  const [name, id, encoded = ''] = vkey.split(/\+/);
  const typed = (type: number, length = 32) => {
    const key = new Uint8Array(length);
    return `${name}+${noteKeyId(NAME, key, type)}+${toBase64(concat(new Uint8Array([type]), key))}`;
  };
  test.each([
    ['nothing', ''],
    ['no id', `${name}+${encoded}`],
    ['another id', `${name}+00000000+${encoded}`],
    ['an id in capitals', `${name}+${id?.toUpperCase()}+${encoded}`],
    ['no name', `+${id}+${encoded}`],
    ['a name with a space', `a b+${id}+${encoded}`],
    ['a name with a wide space', `a\u3000b+${id}+${encoded}`],
    ['text that is not base64', `${name}+${id}+***`],
    ['an empty key', `${name}+${id}+`],
    ['ECDSA, type 2', typed(2)],
    ['ML-DSA-44, type 6', typed(6, 1312)],
    ['31 bytes', typed(1, 31)],
    ['a newline behind', `${vkey}\n`],
  ])('%s is refused', (_, bad) => {
    refused(() => parseVerifierKey(bad), 'log/malformed-key');
  });
  test('a name that notes cannot hold is refused when written', () => {
    for (const bad of ['', 'a b', 'a+b', 'a\u00a0b', 'a\nb', 'a\u0000b', '\ud800'])
      refused(() => formatVerifierKey(bad, log.publicKey), 'log/malformed-key');
    refused(() => formatVerifierKey(NAME, new Uint8Array(31)), 'log/malformed-key');
    refused(() => signNote(text, { name: 'a b', secretKey: secret(1) }), 'log/malformed-key');
  });
});

describe('opening', () => {
  test('a signed note gives its text and signer', () => {
    expect(openNote(note, [log])).toEqual({ text, signedBy: [{ name: NAME, keyId: log.keyId, time: null }] });
  });
  test('text may have empty lines; the last one divides', () => {
    const long = 'one\n\n— not a signature\n\ntwo\n';
    expect(openNote(signNote(long, { name: NAME, secretKey: secret(1) }), [log]).text).toBe(long);
  });
  test('unknown keys are passed over, also under a known name or a known id', () => {
    const sameName = lineOf(signNote(text, { name: NAME, secretKey: secret(3) }));
    const bytes = fromBase64((lineOf(note).split(' ')[2] ?? '').trim());
    const sameId = `— other.example ${toBase64(bytes)}\n`;
    const postQuantum = `— pq.example ${toBase64(new Uint8Array(4 + 8 + 2420))}\n`;
    const short = `— old.example ${toBase64(new Uint8Array(5))}\n`;
    const opened = openNote(`${text}\n${sameName}${sameId}${postQuantum}${short}${lineOf(note)}`, [log]);
    expect(opened.signedBy).toHaveLength(1);
  });
  test('a known key whose signature fails spoils the note, even beside a good one', () => {
    const bytes = fromBase64((lineOf(note).split(' ')[2] ?? '').trim());
    for (const at of [4, 35, 36, 67]) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const bad = `— ${NAME} ${toBase64(flipped)}\n`;
      refused(() => openNote(`${text}\n${bad}`, [log]), 'log/bad-signature');
      refused(() => openNote(`${note}${bad}`, [log]), 'log/bad-signature');
    }
    refused(
      () => openNote(`${text}\n— ${NAME} ${toBase64(bytes.slice(0, -1))}\n`, [log]),
      'log/bad-signature',
    );
    const longer = toBase64(concat(bytes, new Uint8Array(8)));
    refused(() => openNote(`${text}\n— ${NAME} ${longer}\n`, [log]), 'log/bad-signature');
    refused(() => openNote(note.replace('7', '8'), [log]), 'log/bad-signature');
  });
  test('no known signer, no text', () => {
    refused(() => openNote(note, []), 'log/no-known-signature');
    refused(() => openNote(note, [keyOf(NAME, 3)]), 'log/no-known-signature');
    refused(() => openNote(note, [keyOf('other.example', 1)]), 'log/no-known-signature');
  });
  test('16 signatures and more are read, a hundred and one are not; a signer counts once', () => {
    const lines = Array.from({ length: 99 }, (_, at) => `— w${at}.example ${toBase64(new Uint8Array(68))}\n`);
    expect(openNote(note + lines.join(''), [log]).signedBy).toHaveLength(1);
    refused(() => openNote(note + [...lines, lines[0]].join(''), [log]), 'log/malformed-note');
    expect(openNote(note + lineOf(note).repeat(15), [log]).signedBy).toHaveLength(1);
  });
  test('a line that is repeated is checked once: a hundred cost little more than one', () => {
    const took = (run: () => unknown) => {
      const begun = performance.now();
      for (let round = 0; round < 5; round++) run();
      return performance.now() - begun;
    };
    const one = took(() => openNote(note, [log]));
    expect(took(() => openNote(note + lineOf(note).repeat(99), [log]))).toBeLessThan(20 * one);
  });
  const line = lineOf(note);
  test.each([
    ['nothing', ''],
    ['text alone', text],
    ['no signature', `${text}\n`],
    ['no last newline', note.slice(0, -1)],
    ['a hyphen for the em dash', `${text}\n${line.replace('—', '-')}`],
    ['an en dash for the em dash', `${text}\n${line.replace('—', '–')}`],
    ['two spaces', `${text}\n${line.replace('— ', '—  ')}`],
    ['no name', `${text}\n— ${line.split(' ')[2]}`],
    ['a name with a plus', `${text}\n— a+b ${line.split(' ')[2]}`],
    ['a name with a wide space', `${text}\n— a\u2003b ${line.split(' ')[2]}`],
    ['a word behind', `${text}\n${line.trimEnd()} x\n`],
    ['a line that is none', `${note}hello\n`],
    ['bad base64 of an unknown key', `${note}— x.example !!!!\n`],
    ['base64 without its padding', `${text}\n${line.replace('=', '')}`],
    ['four bytes only', `${note}— x.example AAAAAA==\n`],
    ['a carriage return', note.replace('\n', '\r\n')],
    ['a tab', note.replace('7', '7\t')],
    ['a null', `\u0000${note}`],
    ['a lone surrogate', `\udc00${note}`],
    ['a megabyte', 'a'.repeat(1_000_001)],
    ['no text', undefined as never],
  ])('%s is refused', (_, bad) => {
    refused(() => openNote(bad, [log]), 'log/malformed-note');
  });
  test('text that a note cannot hold is refused when signed', () => {
    for (const bad of ['', 'no newline', 'tab\there\n', '\ud800\n', 'cr\r\n'])
      refused(() => signNote(bad, { name: NAME, secretKey: secret(1) }), 'log/malformed-note');
  });
});

describe('cosignatures (type 4)', () => {
  const cosigned = note + cosignatureLine(text, 1_793_000_000n);
  test('hold with their time', () => {
    expect(openNote(cosigned, [log, witnessKey]).signedBy).toEqual([
      { name: NAME, keyId: log.keyId, time: null },
      { name: 'witness.example/w', keyId: witnessKey.keyId, time: 1_793_000_000n },
    ]);
    expect(openNote(cosigned, [log]).signedBy).toHaveLength(1);
  });
  test('another time, another text, a time beyond 2^63 or a plain signature do not', () => {
    const swap = (line: string, time: bigint) => {
      const [dash, name, encoded = ''] = line.trimEnd().split(' ');
      const bytes = fromBase64(encoded);
      new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(4, time);
      return `${dash} ${name} ${toBase64(bytes)}\n`;
    };
    refused(
      () => openNote(note + swap(cosignatureLine(text, 5n), 6n), [log, witnessKey]),
      'log/bad-signature',
    );
    refused(() => openNote(note + cosignatureLine(`${text}x\n`, 5n), [log, witnessKey]), 'log/bad-signature');
    refused(() => openNote(note + cosignatureLine(text, 1n << 63n), [log, witnessKey]), 'log/bad-signature');
    const id = fromHex(witnessKey.keyId);
    const plain = toBase64(concat(id, ed25519.sign(utf8(text), secret(2))));
    refused(() => openNote(`${note}— witness.example/w ${plain}\n`, [log, witnessKey]), 'log/bad-signature');
  });
});

describe('checkpoints', () => {
  const root = new Uint8Array(32).fill(9);
  test('written and read back', () => {
    expect(text).toBe(`${NAME}\n7\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n`);
    expect(parseCheckpoint(text)).toEqual({ origin: NAME, size: 7n, root, extensions: [] });
    const largest = { origin: '某日志', size: (1n << 64n) - 1n, root: EMPTY_ROOT };
    expect(parseCheckpoint(formatCheckpoint(largest))).toEqual({ ...largest, extensions: [] });
    expect(parseCheckpoint(`${text}one\ntwo\n`).extensions).toEqual(['one', 'two']);
  });
  const rootLine = toBase64(root);
  test.each([
    ['nothing', ''],
    ['two lines', `${NAME}\n7\n`],
    ['no text', 7 as never],
    ['no last newline', text.slice(0, -1)],
    ['no origin', `\n7\n${rootLine}\n`],
    ['a size in words', `${NAME}\nseven\n${rootLine}\n`],
    ['a negative size', `${NAME}\n-7\n${rootLine}\n`],
    ['a leading zero', `${NAME}\n07\n${rootLine}\n`],
    ['a plus', `${NAME}\n+7\n${rootLine}\n`],
    ['a size of 2^64', `${NAME}\n${1n << 64n}\n${rootLine}\n`],
    ['a root that is not base64', `${NAME}\n7\n****\n`],
    ['a root of 31 bytes', `${NAME}\n7\n${toBase64(new Uint8Array(31))}\n`],
    ['an empty extension line', `${text}\n`],
  ])('%s is refused', (_, bad) => {
    refused(() => parseCheckpoint(bad), 'log/malformed-checkpoint');
  });
  test('what cannot be one is not written', () => {
    refused(() => formatCheckpoint({ origin: '', size: 1n, root }), 'log/malformed-checkpoint');
    refused(() => formatCheckpoint({ origin: 'a\nb', size: 1n, root }), 'log/malformed-checkpoint');
    refused(() => formatCheckpoint({ origin: 'a', size: 1n << 64n, root }), 'log/size-out-of-range');
    refused(
      () => formatCheckpoint({ origin: 'a', size: 1n, root: new Uint8Array(20) }),
      'log/malformed-hash',
    );
  });
  test('the log must have signed, under its own origin; witnesses stand beside', () => {
    const cosigned = note + cosignatureLine(text, 12n);
    expect(openCheckpoint(cosigned, log, [witnessKey])).toEqual({
      origin: NAME,
      size: 7n,
      root,
      text,
      witnessedBy: [{ name: 'witness.example/w', keyId: witnessKey.keyId, time: 12n }],
    });
    refused(
      () => openCheckpoint(`${text}\n${cosignatureLine(text, 12n)}`, log, [witnessKey]),
      'log/no-known-signature',
    );
    // a witness under the log's name has another key, and so another id
    const namesake = parseVerifierKey(formatVerifierKey(NAME, ed25519.getPublicKey(secret(2)), COSIGNATURE));
    refused(
      () => openCheckpoint(`${text}\n${cosignatureLine(text, 12n, 2, NAME)}`, log, [namesake]),
      'log/no-known-signature',
    );
    const foreign = signNote(formatCheckpoint({ origin: 'other.example', size: 7n, root }), {
      name: NAME,
      secretKey: secret(1),
    });
    refused(() => openCheckpoint(foreign, log), 'log/other-origin');
    refused(
      () => openCheckpoint(signNote('no checkpoint\n', { name: NAME, secretKey: secret(1) }), log),
      'log/malformed-checkpoint',
    );
  });
});

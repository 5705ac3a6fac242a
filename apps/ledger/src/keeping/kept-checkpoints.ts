// A kept checkpoint against the root that the entries give: the note's text, and the log key's signature under it.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { toHex } from '#lib/canonical';
import { parseCheckpoint, parseVerifierKey } from '#lib/transparency-log';
import { readBytea } from './copy-rows.ts';
import type { Named } from './cursor.ts';
import type { Found } from './finding.ts';

export type Signer = { readonly key: KeyObject; readonly prefix: string; readonly origin: string };

export function makeSigner(verifierKey: string): Signer {
  const { name, publicKey } = parseVerifierKey(verifierKey);
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return { key, prefix: `— ${name} `, origin: name };
}

export function judgeCheckpoint(
  row: Named,
  size: bigint,
  root: Uint8Array,
  signer: Signer,
  found: Found,
): void {
  const where = `size ${row.size}`;
  if (BigInt(row.size ?? 0) !== size || !readBytea(row.root).equals(root)) {
    found('checkpoint', where, `its root is not ${toHex(root)}, the root of these entries`);
    return;
  }
  const note = row.note ?? '';
  const end = note.lastIndexOf('\n\n');
  try {
    const checkpoint = parseCheckpoint(note.slice(0, end + 1));
    if (
      checkpoint.origin !== signer.origin ||
      checkpoint.size !== size ||
      !Buffer.from(root).equals(checkpoint.root)
    )
      found('checkpoint', where, 'the signed note is about another head');
    else if (!isSigned(note, end, signer))
      found('checkpoint', where, "the log key's signature does not hold");
  } catch (error) {
    found('checkpoint', where, `the note cannot be read: ${(error as Error).message}`);
  }
}

/** Node's own code: a log of many small commits has as many signatures as entries. */
function isSigned(note: string, end: number, { key, prefix }: Signer): boolean {
  const text = Buffer.from(note.slice(0, end + 1));
  return note
    .slice(end + 2)
    .split('\n')
    .some((line) => {
      const signature =
        line.startsWith(prefix) && Buffer.from(line.slice(prefix.length), 'base64').subarray(4);
      return signature && verify(null, text, key, signature);
    });
}

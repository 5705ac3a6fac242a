// Every single-bit flip of a small log: proofs, the numbers beside them, checkpoint, tiles, entries. Runs in Node on the
// sources and in a browser on the page's build; the log itself is made in Node, because the page's build cannot sign.
import { equalBytes, fromBase64, fromHex, utf8 } from '#lib/canonical';
import { checkEntrySignature, parseEntry } from '#lib/record';
import {
  checkConsistency,
  checkInclusion,
  decodeEntryTile,
  decodeTile,
  leafHash,
  openCheckpoint,
  parseLogProof,
  parseVerifierKey,
  treeHash,
} from '#lib/transparency-log';

/** Plain JSON, so that it can be handed to a browser. */
export type SmallLog = {
  /** base64 of each entry's bytes. */
  readonly entries: readonly string[];
  readonly verifierKey: string;
  readonly checkpoint: string;
  /** base64 of the one entry tile and the one hash tile, both of the log's size. */
  readonly entryTile: string;
  readonly hashTile: string;
  /** Proofs as hex: of each entry, and from each smaller size. */
  readonly inclusion: readonly (readonly string[])[];
  readonly consistency: readonly {
    readonly size: number;
    readonly root: string;
    readonly proof: readonly string[];
  }[];
  /** Proof files of the entries, C2SP tlog-proof. */
  readonly proofFiles: readonly { readonly entry: number; readonly text: string }[];
  /** Keys of the entries' issuer: hex by key id. */
  readonly issuerKeys: Readonly<Record<string, string>>;
};

export type Flips = {
  readonly tried: Readonly<Record<string, number>>;
  readonly accepted: readonly string[];
};

function* flipsOf(bytes: Uint8Array): Generator<{ readonly bit: number; readonly flipped: Uint8Array }> {
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    yield { bit, flipped };
  }
}

const strictText = (bytes: Uint8Array) =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

/** True when nothing throws and the answer is yes. */
function holds(claim: () => boolean): boolean {
  try {
    return claim();
  } catch {
    return false;
  }
}

/** What was tried, by kind, and each flip that was taken for true. Throws when the log as it is does not hold. */
export function flipEverything(log: SmallLog): Flips {
  const entries = log.entries.map(fromBase64);
  const leaves = entries.map(leafHash);
  const key = parseVerifierKey(log.verifierKey);
  const { size, root } = openCheckpoint(log.checkpoint, key);
  const count = Number(size);
  const tried: Record<string, number> = {};
  const accepted: string[] = [];
  const attempt = (kind: string, place: string, claim: () => boolean) => {
    tried[kind] = (tried[kind] ?? 0) + 1;
    if (holds(claim)) accepted.push(`${kind} ${place}`);
  };
  const mustHold = (what: string, claim: () => boolean) => {
    if (!claim()) throw new Error(`${what} does not hold as it is`);
  };

  for (const [index, hashes] of log.inclusion.entries()) {
    const claim = {
      leafHash: leaves[index] as Uint8Array,
      index: BigInt(index),
      size,
      proof: hashes.map(fromHex),
      root,
    };
    mustHold(`inclusion of ${index}`, () => checkInclusion(claim));
    for (const [place, hash] of claim.proof.entries())
      for (const { bit, flipped } of flipsOf(hash))
        attempt('inclusion proof', `${index}/${place}/${bit}`, () =>
          checkInclusion({ ...claim, proof: claim.proof.with(place, flipped) }),
        );
    for (const member of ['leafHash', 'root'] as const)
      for (const { bit, flipped } of flipsOf(claim[member]))
        attempt(`inclusion ${member}`, `${index}/${bit}`, () =>
          checkInclusion({ ...claim, [member]: flipped }),
        );
    for (let bit = 0n; bit < 64n; bit++)
      attempt('inclusion index', `${index}/${bit}`, () =>
        checkInclusion({ ...claim, index: claim.index ^ (1n << bit) }),
      );
  }
  for (const from of log.consistency) {
    const claim = {
      size1: BigInt(from.size),
      root1: fromHex(from.root),
      size2: size,
      root2: root,
      proof: from.proof.map(fromHex),
    };
    mustHold(`consistency from ${from.size}`, () => checkConsistency(claim));
    for (const [place, hash] of claim.proof.entries())
      for (const { bit, flipped } of flipsOf(hash))
        attempt('consistency proof', `${from.size}/${place}/${bit}`, () =>
          checkConsistency({ ...claim, proof: claim.proof.with(place, flipped) }),
        );
    for (const member of ['root1', 'root2'] as const)
      for (const { bit, flipped } of flipsOf(claim[member]))
        attempt(`consistency ${member}`, `${from.size}/${bit}`, () =>
          checkConsistency({ ...claim, [member]: flipped }),
        );
  }
  for (const { bit, flipped } of flipsOf(utf8(log.checkpoint)))
    attempt('checkpoint', `${bit}`, () => openCheckpoint(strictText(flipped), key).size >= 0n);

  const hashTile = fromBase64(log.hashTile);
  const rootOfTile = (bytes: Uint8Array) => treeHash(decodeTile(bytes, count));
  mustHold('the hash tile', () => equalBytes(rootOfTile(hashTile), root));
  for (const { bit, flipped } of flipsOf(hashTile))
    attempt('hash tile', `${bit}`, () => equalBytes(rootOfTile(flipped), root));
  const entryTile = fromBase64(log.entryTile);
  const rootOfEntries = (bytes: Uint8Array) => treeHash(decodeEntryTile(bytes, count).map(leafHash));
  mustHold('the entry tile', () => equalBytes(rootOfEntries(entryTile), root));
  for (const { bit, flipped } of flipsOf(entryTile))
    attempt('entry tile', `${bit}`, () => equalBytes(rootOfEntries(flipped), root));

  // a reader takes the key that the entry names
  const isSigned = (bytes: Uint8Array) => {
    const entry = parseEntry(bytes);
    const key = log.issuerKeys[entry.sig?.kid ?? ''];
    return key !== undefined && checkEntrySignature(entry, fromHex(key));
  };
  for (const [index, bytes] of entries.entries()) {
    const hasSignature = parseEntry(bytes).sig !== undefined;
    if (hasSignature) mustHold(`the signature of entry ${index}`, () => isSigned(bytes));
    for (const { bit, flipped } of flipsOf(bytes)) {
      const claim = {
        leafHash: leafHash(flipped),
        index: BigInt(index),
        size,
        proof: (log.inclusion[index] ?? []).map(fromHex),
        root,
      };
      attempt('entry in its tree', `${index}/${bit}`, () => checkInclusion(claim));
      if (hasSignature) attempt('signed entry', `${index}/${bit}`, () => isSigned(flipped));
    }
  }
  for (const { entry: place, text } of log.proofFiles) {
    const opens = (bytes: Uint8Array) => {
      const file = parseLogProof(strictText(bytes));
      const head = openCheckpoint(file.checkpoint, key);
      return checkInclusion({
        leafHash: leaves[place] as Uint8Array,
        index: file.index,
        size: head.size,
        proof: file.proof,
        root: head.root,
      });
    };
    mustHold(`proof file ${place}`, () => opens(utf8(text)));
    for (const { bit, flipped } of flipsOf(utf8(text)))
      attempt('proof file', `${place}/${bit}`, () => opens(flipped));
  }
  return { tried, accepted };
}

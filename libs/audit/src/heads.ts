// Heads that others hold, against the tree that was computed: anchored ones, pinned ones, and those seen before.
import { equalBytes, fromHex, toHex } from '#lib/canonical';
import { type Finding, type FindingCode, finding } from './finding.ts';

/** A head somebody holds. `whose` for people: `head 3 on chain`, `the root file`, `seen before`. */
export type HeadClaim = {
  readonly whose: string;
  readonly code: Extract<FindingCode, 'head/differs' | 'log/split-view'>;
  readonly size: number;
  readonly root: Uint8Array;
  /** A transaction, a time, a signed note. */
  readonly detail: string;
};

export function anchorClaim(head: {
  sequence: number;
  size: number;
  root: string;
  transaction: string;
}): HeadClaim {
  return {
    whose: `head ${head.sequence} on chain`,
    code: 'head/differs',
    size: head.size,
    root: fromHex(head.root.slice(2)),
    detail: `transaction ${head.transaction}`,
  };
}

/** Null when the claim is the tree's own root at that size. */
export function checkClaim(claim: HeadClaim, root: Uint8Array): Finding | null {
  if (equalBytes(claim.root, root)) return null;
  const place = `size ${claim.size}, ${claim.whose}`;
  return finding(claim.code, place, toHex(claim.root), toHex(root), claim.detail);
}

// Heads that others hold, against the tree that was computed: anchored ones, pinned ones, and those seen before.
import { equalBytes, fromHex, toHex } from '#lib/canonical';
import { type FindingCode, finding, type Report } from './finding.ts';

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

/** True when the claim is the tree's own root at that size. */
export function checkClaim(claim: HeadClaim, root: Uint8Array, report: Report): boolean {
  if (equalBytes(claim.root, root)) return true;

  report(
    finding(claim.code, `size ${claim.size}, ${claim.whose}`, toHex(claim.root), toHex(root), claim.detail),
  );
  return false;
}

import type { Report } from '#lib/verification';

export const USAGE = 64;
export const UNREADABLE = 65;
/** A mistake of this program. Without it a crash would end with Node's 1, which says Altered. */
export const FAULT = 70;

/**
 * 0 Matches (on a test ledger only where the reader accepts one, else 3) · 1 Altered · 2 Withdrawn, Suspended, Opinion
 * does not count, Replaced, Expired · 3 could not check, pending, signer unknown · 4 not known here, reserved, removed.
 */
export function exitCodeOf({ headline, overlays }: Report, acceptTestLedger: boolean): number {
  switch (headline) {
    case 'matches':
      return overlays.some(({ id }) => id === 'test-ledger') && !acceptTestLedger ? 3 : 0;
    case 'altered':
      return 1;
    case 'withdrawn':
    case 'suspended':
    case 'opinion-does-not-count':
    case 'replaced':
    case 'expired':
      return 2;
    case 'could-not-check':
    case 'pending':
    case 'signer-unknown':
      return 3;
    case 'not-known':
    case 'reserved':
    case 'removed':
      return 4;
    default:
      return headline satisfies never;
  }
}

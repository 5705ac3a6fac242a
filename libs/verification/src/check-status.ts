// status: active, suspended, withdrawn, replaced, as of which block?
// Flags are read for issuer, body, registrar and the authorities of the reader's root; the worst counts.
import { parseTime } from '#lib/evm';
import type { PassportDocument } from '#lib/record';
import { type ChainReading, type Flag, timeText } from './chain-state.ts';
import type { PinnedHead } from './root.ts';
import { type Evidence, invalid, unknown, type Verdict, valid } from './verdict.ts';

const SUSPENDED = 1n;

/** @param now seconds; a clock that lags behind the chain is corrected by the block's time */
export function checkStatus(
  passport: PassportDocument,
  chain: ChainReading,
  pinned: PinnedHead | null,
  now: bigint,
): Verdict {
  const expiry = checkExpiry(
    passport,
    chain.kind === 'read' && chain.block.time > now ? chain.block.time : now,
  );
  if (chain.kind !== 'read') {
    if (expiry) return expiry;
    const isPinned = chain.code === 'chain/offline' && pinned !== null;
    return isPinned
      ? unknown('status/as-of', { time: pinned.time ?? '–' })
      : unknown(chain.code, chain.detail);
  }
  const { block, flags, token } = chain;
  const asOf: Evidence[] = [
    { what: 'block', value: `${block.number} ${block.hash}` },
    ...chain.endpoints.map((value) => ({ what: 'endpoint', value })),
  ];
  if (!token) return expiry ?? unknown('status/not-minted', { block: String(block.number) }, asOf);
  const set = [
    { who: 'role/issuer', flag: flags.issuer },
    { who: 'role/body', flag: flags.body },
    { who: 'role/registrar', flag: flags.registrar },
    ...flags.authorities.map((flag) => ({ who: 'role/authority', flag })),
  ].filter(({ flag }) => flag.status !== 0n);
  // a status of a later contract is read as the worst
  const worst = set.find(({ flag }) => flag.status !== SUSPENDED) ?? set[0];
  if (worst)
    return invalid(
      worst.flag.status === SUSPENDED ? 'status/suspended' : 'status/withdrawn',
      flagDetail(worst),
      asOf,
    );
  if (token.supersededBy !== 0n)
    return invalid(
      'status/replaced',
      { release: String(passport.release + 1), token: String(token.supersededBy) },
      asOf,
    );
  return expiry ?? valid('status/active', { block: String(block.number), time: timeText(block.time) }, asOf);
}

function checkExpiry(passport: PassportDocument, now: bigint): Verdict | null {
  return parseTime(passport.validUntil) <= now
    ? invalid('status/expired', { date: passport.validUntil })
    : null;
}

function flagDetail({ who, flag }: { readonly who: string; readonly flag: Flag }) {
  return { who, date: timeText(flag.time), reason: `reason/${flag.reason}`, statement: flag.detail };
}

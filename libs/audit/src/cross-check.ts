// Contract events against entries, both ways. Nothing here is a matter of trust: events stand in final blocks, entries under
// signed heads; where they say different things, one of the two parties did not do what it promised.
import { type ChainEvent, contentOfWord, type EventName, type EventOf } from './chain-events.ts';
import { domainText, type Facts, type OpinionFact } from './facts.ts';
import { type FindingCode, finding, type Report } from './finding.ts';
import { CLOCK_SKEW, timeOf } from './times.ts';

export type CrossCheck = {
  readonly facts: Facts;
  /** All events of the contracts up to one final block, in order. */
  readonly events: readonly ChainEvent[];
  readonly chainId: string;
  readonly logId: string;
  readonly registry: string;
  readonly domainSalt: string;
  /** Registrars that the reader believes, in lower case. */
  readonly registrars: readonly string[];
  /** Addresses with code, in lower case: bodies whose signature only their own contract can judge. */
  readonly contracts: ReadonlySet<string>;
  /** Chain address of an issuer, in lower case, by its unbroken line of keys; undefined where none is known. */
  readonly addressOf: (did: string) => string | undefined;
  /** Chain addresses of all issuers that have keys in this log, in lower case. */
  readonly issuers: ReadonlySet<string>;
  /** Seconds of the last head on chain without the entry at this place. */
  readonly lastWithout: (index: number) => number;
  /** Seconds that may pass from a final event to its entry: the log's maximum delay, and what finality takes. */
  readonly grace: number;
  /** Seconds, of the reader's clock. */
  readonly now: number;
  /** Entries before this place were not looked at: what seems to be missing may stand there. */
  readonly from: number;
};

const ZERO = `0x${'00'.repeat(32)}`;

export function crossCheck(input: CrossCheck, report: Report): void {
  const of = <N extends EventName>(name: N) =>
    input.events.filter((event): event is EventOf<N> => event.name === name);
  const minted = of('PassportMinted').filter(({ log }) => log === input.logId.toLowerCase());
  const accepted = new Map(of('OpinionAccepted').map((event) => [event.opinionId, event]));
  const registered = new Map(
    of('BodyRegistered').map((event) => [`${event.registrar} ${event.body} ${event.index}`, event]),
  );
  checkMints(input, minted, accepted, report);
  checkSuperseded(of('PassportSuperseded'), report);
  checkOpinions(input, minted, accepted, of('OpinionRevoked'), report);
  checkRegistrations(input, minted, accepted, registered, report);
  checkStatuses(input, [...of('FlagSet'), ...of('RegistrationWithdrawn'), ...of('OpinionRevoked')], report);
}

/** Where a document could not be had, a missing entry is a gap: it may be there. */
const missing = ({ facts }: CrossCheck, kind: string, code: FindingCode): FindingCode =>
  facts.unread.has(kind) ? 'content/withheld' : code;

const isDue = ({ now, grace, from }: CrossCheck, time: number): boolean =>
  from === 0 && now > time + grace + CLOCK_SKEW;
const eventPlace = ({ transaction, logIndex, block, time }: ChainEvent): string =>
  `transaction ${transaction}, log ${logIndex}, block ${block}, ${timeOf(time)}`;

/** PassportMinted ↔ credential/v1. */
function checkMints(
  input: CrossCheck,
  minted: readonly EventOf<'PassportMinted'>[],
  accepted: ReadonlyMap<string, EventOf<'OpinionAccepted'>>,
  report: Report,
): void {
  const { facts } = input;
  const opinions = new Map(facts.opinions.map((opinion) => [opinion.content as string, opinion]));
  const found = new Set<string>();
  for (const event of minted) {
    const place = `token ${event.token}`;
    const content = contentOfWord(event.content);
    found.add(content);
    const all = facts.credentials.get(content) ?? [];
    // the passport's credential is that of the issuer who authorised the mint; others named what anybody may name
    const credential = all.find(({ issuer }) => (input.addressOf(issuer) ?? event.issuer) === event.issuer);
    for (const { index, issuer } of all)
      if (credential && issuer !== credential.issuer)
        report(finding('entry/not-receipt', `entry ${index}`, '', content, `credential of ${issuer}`));
    if (!credential) {
      const [other] = all;
      if (other)
        report(
          finding(
            'passport/differs',
            place,
            `a credential of the issuer with address ${event.issuer}`,
            `${other.issuer} with address ${input.addressOf(other.issuer)}`,
            `entry ${other.index}; ${eventPlace(event)}`,
          ),
        );
      // the contract lets anybody name any log: what no issuer of this log minted, this log owes no entry for
      else if (!input.issuers.has(event.issuer))
        report(finding('passport/elsewhere', place, '', content, `by ${event.issuer}; ${eventPlace(event)}`));
      else if (isDue(input, event.time))
        report(
          finding(
            'passport/no-entry',
            place,
            `credential/v1 for ${content}`,
            'no such entry',
            eventPlace(event),
          ),
        );
      continue;
    }
    const named =
      credential.opinion === null
        ? null
        : (opinions.get(credential.opinion)?.opinionId ?? credential.opinion);
    const covered = event.opinionId === ZERO ? null : event.opinionId;
    // an opinion whose document could not be read has no id here; that gap was reported
    const isComparable = named === null || named.startsWith('0x');
    if (isComparable && named !== covered)
      report(
        finding(
          'passport/differs',
          place,
          covered ?? 'self-declared',
          named ?? 'self-declared',
          `opinion of entry ${credential.index}; ${eventPlace(event)}`,
        ),
      );
    if (covered !== null && !accepted.has(covered))
      report(
        finding(
          'chain/events-missing',
          place,
          `OpinionAccepted of ${covered}`,
          'no such event',
          eventPlace(event),
        ),
      );
  }
  for (const [passport, all] of facts.credentials)
    for (const { index, time } of found.has(passport) ? [] : all)
      report(finding('passport/not-minted', `entry ${index}`, '', passport, `credential of ${time}`));
}

/** Release n+1 takes the place of n, once. */
function checkSuperseded(events: readonly EventOf<'PassportSuperseded'>[], report: Report): void {
  const next = new Map<string, string>();
  for (const event of events) {
    const before = next.get(event.token);
    if (before !== undefined && before !== event.by)
      report(
        finding('passport/superseded-twice', `token ${event.token}`, before, event.by, eventPlace(event)),
      );
    next.set(event.token, event.by);
  }
}

/** OpinionAccepted ↔ opinion/v1; a body may not say two things about one footprint. */
function checkOpinions(
  input: CrossCheck,
  minted: readonly EventOf<'PassportMinted'>[],
  accepted: ReadonlyMap<string, EventOf<'OpinionAccepted'>>,
  revoked: readonly EventOf<'OpinionRevoked'>[],
  report: Report,
): void {
  const { opinions } = input.facts;
  const domain = domainText(input.chainId, input.registry, input.domainSalt);
  for (const opinion of opinions) {
    const place = `entry ${opinion.index}`;
    const event = accepted.get(opinion.opinionId);
    if (opinion.domain !== domain)
      report(finding('opinion/differs', place, domain, opinion.domain, 'signed for another contract'));
    else if (!opinion.isSigned && event?.digest !== opinion.digest)
      // a body that is a contract signs by ERC-1271, and the registry asks it when the opinion is first used
      report(
        input.contracts.has(opinion.body)
          ? finding(
              'signature/unchecked',
              place,
              `the registry's answer about ${opinion.body}`,
              'not asked yet',
              'opinion/v1',
            )
          : finding('signature/bad', place, `signature by ${opinion.body}`, 'by somebody else', 'opinion/v1'),
      );
  }
  const byId = new Map<string, OpinionFact[]>();
  for (const opinion of opinions)
    byId.set(opinion.opinionId, [...(byId.get(opinion.opinionId) ?? []), opinion]);
  for (const id of new Set(minted.map(({ opinionId }) => opinionId))) {
    const event = accepted.get(id);
    if (!event) continue;
    const recorded = byId.get(id) ?? [];
    const place = `opinion ${id}`;
    if (recorded.length === 0 && isDue(input, event.time))
      report(
        finding(
          missing(input, 'opinion/v1', 'opinion/no-entry'),
          place,
          'an opinion/v1 entry',
          'no such entry',
          eventPlace(event),
        ),
      );
    const other = recorded.find(({ digest }) => digest !== event.digest);
    if (other)
      report(
        finding(
          'opinion/differs',
          place,
          event.digest,
          other.digest,
          `entry ${other.index}; ${eventPlace(event)}`,
        ),
      );
  }
  const withdrawn = new Set(revoked.map(({ opinionId }) => opinionId));
  const said = new Map<string, OpinionFact>();
  for (const opinion of opinions) {
    if (withdrawn.has(opinion.opinionId)) continue;
    const about = `${opinion.body} ${opinion.footprint}`;
    const before = said.get(about);
    if (
      before &&
      (before.says !== opinion.says ||
        (before.opinionId === opinion.opinionId && before.digest !== opinion.digest))
    )
      report(
        finding(
          'opinion/contradicts',
          `entry ${opinion.index}`,
          `${before.opinionId}: ${before.says}`,
          `${opinion.opinionId}: ${opinion.says}`,
          `entry ${before.index} by the same body on the same footprint, neither revoked`,
        ),
      );
    said.set(about, before ?? opinion);
  }
}

/** BodyRegistered ↔ registration/v1: of registrars that the reader believes, or that passports of this log lean on. */
function checkRegistrations(
  input: CrossCheck,
  minted: readonly EventOf<'PassportMinted'>[],
  accepted: ReadonlyMap<string, EventOf<'OpinionAccepted'>>,
  registered: ReadonlyMap<string, EventOf<'BodyRegistered'>>,
  report: Report,
): void {
  const leanedOn = new Set(
    minted.flatMap(({ opinionId }) => {
      const event = accepted.get(opinionId);
      return event ? [`${event.registrar} ${event.body} ${event.index}`] : [];
    }),
  );
  const onChain = new Set<string>();
  for (const [key, event] of registered) {
    const content = contentOfWord(event.snapshot);
    onChain.add(content);
    const place = `registration ${key}`;
    const recorded = input.facts.registrations.get(content);
    if (!recorded) {
      if (leanedOn.has(key) && isDue(input, event.time))
        report(
          finding(
            missing(input, 'registration/v1', 'registration/no-entry'),
            place,
            `registration/v1 ${content}`,
            'no such entry',
            eventPlace(event),
          ),
        );
      // a registrar may register whom it likes without telling this ledger; nothing here leans on it
      else if (input.registrars.includes(event.registrar))
        report(finding('registration/elsewhere', place, '', content, eventPlace(event)));
      continue;
    }
    // whoever calls itself a registrar may name a document of another's: nothing here leans on that
    const isAnswerable =
      leanedOn.has(key) ||
      input.registrars.includes(event.registrar) ||
      recorded.registrar === event.registrar;
    if (!isAnswerable) continue;
    for (const member of ['registrar', 'body', 'validFrom', 'validUntil', 'scope'] as const)
      if (recorded[member] !== event[member])
        report(
          finding(
            'registration/differs',
            `${place} ${member}`,
            event[member],
            recorded[member],
            `entry ${recorded.index}; ${eventPlace(event)}`,
          ),
        );
  }
  for (const key of leanedOn)
    if (!registered.has(key))
      report(
        finding(
          'chain/events-missing',
          `registration ${key}`,
          'BodyRegistered',
          'no such event',
          'made before the log was opened, or held back',
        ),
      );
  for (const [content, { index }] of input.facts.registrations)
    if (!onChain.has(content)) report(finding('registration/not-on-chain', `entry ${index}`, '', content));
}

type StatusEventOnChain = EventOf<'FlagSet'> | EventOf<'RegistrationWithdrawn'> | EventOf<'OpinionRevoked'>;

/** FlagSet, RegistrationWithdrawn, OpinionRevoked ↔ status/v1, by transaction and place in the block. */
function checkStatuses(input: CrossCheck, events: readonly StatusEventOnChain[], report: Report): void {
  const key = (transaction: string, logIndex: number | string) => `${transaction.toLowerCase()} ${logIndex}`;
  const onChain = new Map(events.map((event) => [key(event.transaction, event.logIndex), event]));
  const recorded = new Set<string>();
  for (const { index, doc } of input.facts.statuses) {
    const at = key(doc.transaction, doc.logIndex);
    recorded.add(at);
    const event = onChain.get(at);
    const place = `entry ${index}`;
    if (!event) {
      report(
        finding('status/invented', place, `an event at ${at}`, 'none', `${doc.event} of ${doc.subject}`),
      );
      continue;
    }
    const wanted: Record<string, string> = {
      ...statusMembers(event),
      chain: input.chainId,
      blockTime: timeOf(event.time),
      block: String(event.block),
    };
    for (const [member, expected] of Object.entries(wanted)) {
      const found = String(doc[member as keyof typeof doc] ?? 'absent').toLowerCase();
      if (found !== expected.toLowerCase())
        report(finding('status/differs', `${place} ${member}`, expected, found, eventPlace(event)));
    }
    // recorded in the end: who asked in between was shown a log without it
    const shown = input.lastWithout(index);
    const due = event.time + input.grace + CLOCK_SKEW;
    if (input.from === 0 && shown > due)
      report(
        finding(
          'status/withheld',
          `${event.name} of ${wanted.subject}`,
          `a status/v1 entry by ${timeOf(due)}`,
          `${place}, not in the head of ${timeOf(shown)}`,
          eventPlace(event),
        ),
      );
  }
  for (const [at, event] of onChain) {
    if (recorded.has(at) || !isDue(input, event.time)) continue;
    const { subject = '', setter = '' } = statusMembers(event);
    report(
      finding(
        missing(input, 'status/v1', 'status/withheld'),
        `${event.name} of ${subject}`,
        `a status/v1 entry by ${timeOf(event.time + input.grace + CLOCK_SKEW)}`,
        'no such entry',
        `set by ${setter}; ${eventPlace(event)}`,
      ),
    );
  }
}

/** The members that a status document repeats. */
function statusMembers(event: StatusEventOnChain): Readonly<Record<string, string>> {
  const { name, reason, detail } = event;
  switch (event.name) {
    case 'FlagSet':
      return {
        event: name,
        reason,
        detail,
        subject: event.token,
        setter: event.setter,
        role: event.role,
        status: event.status,
      };
    case 'RegistrationWithdrawn':
      return {
        event: name,
        reason,
        detail,
        subject: `0x${'00'.repeat(12)}${event.body.slice(2)}`,
        setter: event.registrar,
        index: event.index,
        effectiveFrom: event.effectiveFrom,
      };
    case 'OpinionRevoked':
      return { event: name, reason, detail, subject: event.opinionId, setter: event.body };
    default:
      return event satisfies never;
  }
}

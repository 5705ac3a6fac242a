// Keys and delegations as the log gave them, in log order, and what they may sign.
import { type ContentId, sha256, toHex, utf8 } from '#lib/canonical';
import {
  checkEntrySignature,
  type DelegationDocument,
  type Entry,
  isInForce,
  type JudgedKey,
  judgeKeys,
  type KeyDocument,
  type KeyRecord,
  publicKeyOf,
} from '#lib/record';

/** A key or delegation with its receipt; `index` is the entry's place. */
export type KeyFact = { readonly index: number; readonly entry: Entry; readonly doc: KeyDocument };
export type DelegationFact = {
  readonly index: number;
  readonly leaf: string;
  readonly content: ContentId;
  readonly doc: DelegationDocument;
};

/** Why an entry's signature does not count, or null; `unchecked` where a document that decides it was not to be had. */
export type SignatureProblem =
  | null
  | 'signature/bad'
  | 'signature/unknown-key'
  | 'signature/host-only-key'
  | 'signature/key-not-in-force'
  | 'signature/not-delegated'
  | 'signature/unchecked';

export class KeyBook {
  private readonly keys: KeyFact[] = [];
  private readonly lines = new Map<string, KeyFact[]>();
  private judged = new Map<string, JudgedKey>();
  private readonly delegations: DelegationFact[] = [];
  /** DIDs of whose keys some document could not be read: of those nothing can be told. */
  private readonly unread = new Set<string>();

  /** False: nobody but the host stands behind this key. */
  addKey(fact: KeyFact): boolean {
    this.keys.push(fact);
    const { did, kid } = fact.doc;
    const line = this.lines.get(subjectOf(did)) ?? [];
    const first = line[0]?.doc;
    if (first && first.did !== did) return this.refuseSpelling(fact);
    const index = BigInt(fact.index);
    const records: KeyRecord[] = [...line, fact].map((each) => ({ ...each, index: BigInt(each.index) }));
    const judged = judgeKeys(records);
    const own = judged.get(kid);
    const isContinuous = own?.continuous === true && own.since === index;
    if (isContinuous) {
      this.lines.set(subjectOf(did), [...line, fact]);
      for (const [id, key] of judged) this.judged.set(id, key);
    } else if (own && !this.judged.has(kid)) {
      this.judged.set(kid, own);
    }
    return isContinuous;
  }

  /** The chain address of an issuer's unbroken line; undefined for one without. */
  addressOf(did: string): string | undefined {
    return this.lines.get(subjectOf(did))?.[0]?.doc.issuerAddress.toLowerCase();
  }

  /** Of all issuers with an unbroken line. */
  addresses(): Set<string> {
    return new Set(
      [...this.lines.values()].flatMap(([first]) => first?.doc.issuerAddress.toLowerCase() ?? []),
    );
  }

  /** A second first key, under the same name in other letters. */
  private refuseSpelling({ index, entry, doc }: KeyFact): false {
    for (const [kid, key] of judgeKeys([{ index: BigInt(index), entry, doc }]))
      if (!this.judged.has(kid)) this.judged.set(kid, { ...key, continuous: false });
    return false;
  }

  addDelegation(fact: DelegationFact): void {
    this.delegations.push(fact);
  }

  addUnread(did: string): void {
    this.unread.add(did);
  }

  /** Judges an EdDSA signature of any kind but `key/v1`, whose own history is its judge. */
  judge(entry: Entry, index: number): SignatureProblem {
    const kid = entry.sig?.kid ?? '';
    const did = kid.split('#')[0] ?? '';
    const key = this.judged.get(kid);
    if (!key) return this.unread.has(did) ? 'signature/unchecked' : 'signature/unknown-key';
    if (!key.continuous) return this.unread.has(did) ? 'signature/unchecked' : 'signature/host-only-key';
    if (!isSigned(entry, key)) return 'signature/bad';
    if (!isInForce(key, BigInt(index))) return 'signature/key-not-in-force';
    return did === entry.issuer ? null : this.judgeDelegation(entry, did);
  }

  private judgeDelegation(entry: Entry, delegate: string): SignatureProblem {
    const named = entry.refs.flatMap((ref) =>
      ref.rel === 'delegation' ? ['entry' in ref ? ref.entry : ref.content] : [],
    );
    const allows = ({ leaf, content, doc }: DelegationFact) =>
      (named.includes(leaf) || named.includes(content)) &&
      doc.issuer === entry.issuer &&
      doc.delegate === delegate &&
      doc.kinds.includes(entry.kind) &&
      doc.validFrom <= entry.time &&
      entry.time < doc.validUntil;
    if (this.delegations.some(allows)) return null;
    return this.unread.has(entry.issuer) ? 'signature/unchecked' : 'signature/not-delegated';
  }

  get count(): number {
    return this.keys.length;
  }

  /** SHA-256 over `index content` lines of all key entries: two auditors who saw the same keys have the same. */
  digest(): string {
    return toHex(sha256(utf8(this.keys.map(({ index, entry }) => `${index} ${entry.content}\n`).join(''))));
  }

  encode(): { keys: KeyFact[]; delegations: DelegationFact[]; unread: string[] } {
    return { keys: this.keys, delegations: this.delegations, unread: [...this.unread] };
  }

  static decode({ keys, delegations, unread }: ReturnType<KeyBook['encode']>): KeyBook {
    const book = new KeyBook();
    for (const key of keys) book.addKey(key);
    for (const delegation of delegations) book.addDelegation(delegation);
    for (const did of unread) book.addUnread(did);
    return book;
  }
}

/** A did:web resolves by its host, which has no capitals: `did:web:A.example:o:x` is `did:web:a.example:o:x`. */
const subjectOf = (did: string): string => did.replace(/^did:web:[^:]+/, (host) => host.toLowerCase());

function isSigned(entry: Entry, key: JudgedKey): boolean {
  try {
    return checkEntrySignature(entry, publicKeyOf(key.publicKeyJwk));
  } catch {
    // a key whose bytes are no point of the curve signed nothing
    return false;
  }
}

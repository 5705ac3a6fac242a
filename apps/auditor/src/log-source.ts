// The one port through which a log is read: a service over HTTP, a mirror on another host, or a mirror's folder.
import type { ContentId } from '#lib/canonical';

/**
 * What a source says about a content document. `erased`: removed on that day (RFC 3339 or a plain date), its entry
 * stays. `altered`: the source says itself that its text is not the recorded one. `absent`: not here, or of a kind that
 * is not public.
 */
export type ContentAnswer =
  | { readonly kind: 'found'; readonly bytes: Uint8Array }
  | { readonly kind: 'erased'; readonly date: string }
  | { readonly kind: 'altered' }
  | { readonly kind: 'absent' };

/** Paths are those of the service (docs/formats/log.md), without a slash in front. */
export interface LogSource {
  /** For people: the address or folder. */
  readonly name: string;
  /** A mirror may be older than the log it was made of; a service may not. */
  readonly kind: 'service' | 'mirror';
  /** The newest signed note. @throws SourceError */
  checkpoint(): Promise<string>;
  /** A tile by its path such as `tile/0/x001/067.p/8`. @throws SourceError */
  tile(path: string): Promise<Uint8Array>;
  /** A content document in its public form. @throws SourceError */
  content(id: ContentId): Promise<ContentAnswer>;
  /** A page or a file of one, fetched as anybody would: no cookie, no key. @throws SourceError */
  page(path: string): Promise<Uint8Array>;
}

/** @throws SourceError `malformed`: a stranger's bytes end no run */
export function readText(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SourceError('malformed', `${what} is no UTF-8`, { cause });
  }
}

/**
 * `unreachable`: no answer, or none in time. `missing`: answered that it has no such thing. `malformed`: answered
 * something else than was asked for, such as more bytes than it can have. None of them is evidence of forgery.
 */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly kind: 'unreachable' | 'missing' | 'malformed';
  constructor(kind: SourceError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

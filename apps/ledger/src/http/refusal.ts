/** Where in a file the trouble is; row and column as the spreadsheet shows them. */
export type Place = { readonly sheet?: string; readonly row?: number; readonly column?: string };

/** One of several troubles of a request. `pointer` is a JSON pointer into the body (RFC 6901). */
export type RefusalItem = {
  readonly code: string;
  readonly detail: string;
  readonly remedy?: string;
  readonly pointer?: string;
  readonly place?: Place;
};

export type RefusalFacts = {
  /** HTTP status, 400 to 503. */
  readonly status: number;
  /** `room/what`: public, never renamed, never reused. */
  readonly code: string;
  /** Lower case, with the values seen. */
  readonly detail: string;
  /** What the caller can do about it. */
  readonly remedy: string;
  readonly pointer?: string;
  readonly place?: Place;
  readonly errors?: readonly RefusalItem[];
  readonly retryAfterSeconds?: number;
};

/** A request that is refused with a problem document (RFC 9457). Thrown anywhere, answered by ProblemFilter. */
export class RefusalError extends Error implements RefusalFacts {
  override readonly name = 'RefusalError';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
  readonly pointer?: string;
  readonly place?: Place;
  readonly errors?: readonly RefusalItem[];
  readonly retryAfterSeconds?: number;

  constructor(facts: RefusalFacts, options?: ErrorOptions) {
    super(`${facts.code}: ${facts.detail}`, options);
    this.status = facts.status;
    this.code = facts.code;
    this.detail = facts.detail;
    this.remedy = facts.remedy;
    if (facts.pointer !== undefined) this.pointer = facts.pointer;
    if (facts.place) this.place = facts.place;
    if (facts.errors) this.errors = facts.errors;
    if (facts.retryAfterSeconds !== undefined) this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

/** 404 for what does not exist and for what belongs to somebody else, told apart by nothing. */
export function notFound(what: string): RefusalError {
  return new RefusalError({
    status: 404,
    code: 'http/not-found',
    detail: `no ${what} here for you`,
    remedy: 'check the identifier and the API key it belongs to',
  });
}

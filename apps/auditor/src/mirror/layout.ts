// Where things lie in a mirror, docs/formats/mirror.md: the service's own paths as files that any static host serves.
// Names come from the service and end up on a disk, so each is taken apart and put together again, or refused.
import type { ContentId } from '#lib/canonical';

export const MIRROR_FORMAT = 'anchorleaf-mirror/v1';
export const MIRROR_FILE = 'mirror.json';

export type MirrorFacts = {
  readonly format: typeof MIRROR_FORMAT;
  /** Address that it was copied from. */
  readonly source: string;
  /** Of the log. */
  readonly origin: string;
  /** RFC 3339, of the last run. */
  readonly time: string;
  /** Decimal. */
  readonly size: string;
  /** Hex. */
  readonly root: string;
  /** Release ids, oldest first. */
  readonly releases: readonly string[];
  /** SHA-256 in hex of each file that does not prove itself: all but tiles, contents and this file. */
  readonly files: Readonly<Record<string, string>>;
};

/** `sha256:…` with a colon is no file name on every system. */
export const contentPath = (id: ContentId): string => `log/contents/${id.replace(':', '-')}.json`;
export const erasedPath = (id: ContentId): string => `log/contents/${id.replace(':', '-')}.erased.json`;

export const isRelease = (text: unknown): text is string =>
  typeof text === 'string' && /^[0-9a-z]{16}$/.test(text);
export const passportFolder = (release: string): string => `passports/${release}`;

export const isAsset = (name: string): boolean => /^[a-z0-9-]+\.[A-Za-z0-9_-]{6,64}\.(js|css)$/.test(name);

/** `o/{slug}/did.json` of a did:web issuer on this host; null for any other. */
export function didPath(did: string): string | null {
  const slug = /^did:web:[A-Za-z0-9.%-]+:o:([a-z0-9-]{1,64})$/.exec(did)?.[1];
  return slug === undefined ? null : `o/${slug}/did.json`;
}

/**
 * The folder of a printed code, decoded, because that is the file a static host looks for; null where no folder can have
 * this name everywhere.
 */
export function codeFolder(code: string): string | null {
  let parts: string[];
  try {
    parts = code.replace(/^\//, '').split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
  const isName = (part: string) => /^[^\\/:*?"<>|\p{Cc}]+$/u.test(part) && !/^\.+$|[. ]$/.test(part);
  return (parts[0] === '01' || parts[0] === 'id') && parts.every(isName) ? parts.join('/') : null;
}

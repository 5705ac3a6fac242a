// Is the code of a page the code that was recorded? A page is HTML whose every script is a file with an integrity value, and
// each file has a `page/v1` entry. What runs in a reader's browser can then be compared with what everybody is served.
import { contentId, toBase64 } from '#lib/canonical';
import { finding, type Report } from './finding.ts';

export type PageScript = { readonly src: string; readonly integrity: string };

/** What runs without being a script: handlers, addresses that are code, pages within the page or in its place. */
const OTHER_CODE =
  /<[a-z][^>]*[\s"'/]on[a-z]+\s*=|javascript:|\ssrcdoc\s*=|<(?:iframe|frame|object|embed|base)\b|<meta\b[^>]*http-equiv\s*=\s*["']?refresh/i;

/** The scripts that a page loads; null stands for one that is written into it, or names no file of this host or no integrity value. */
export function scriptsOf(html: string): (PageScript | null)[] {
  return [...html.matchAll(/<script\b([^>]*)>/gi)].map(([, attributes = '']) => {
    const given = attributesOf(attributes);
    const [src, integrity] = [given.get('src') ?? '', given.get('integrity') ?? ''];
    const isPinned = /^\/(?!\/)/.test(src) && /^sha(256|384|512)-/.test(integrity);
    return isPinned ? { src, integrity } : null;
  });
}

/** As a browser reads them (HTML, 13.2.5.33): with any quotes or none, and of two of one name the first. */
function attributesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const each = /([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
  for (const [, name = '', double, single, bare] of text.matchAll(each))
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), double ?? single ?? bare ?? '');
  return found;
}

/**
 * @param files bytes by `src`, fetched as anybody would
 * @param digest of the bytes by the algorithm that the integrity value names (Subresource Integrity)
 * @param recorded content ids of `page/v1` entries
 * @returns the content ids of the page's scripts
 */
export function checkPage(
  page: { readonly path: string; readonly html: string },
  files: ReadonlyMap<string, Uint8Array>,
  digest: (algorithm: string, bytes: Uint8Array) => Uint8Array,
  recorded: ReadonlyMap<string, string>,
  report: Report,
): string[] {
  const other = OTHER_CODE.exec(page.html)?.[0];
  if (other !== undefined)
    report(
      finding(
        'page/unpinned-script',
        page.path,
        'code in files with an integrity value alone',
        other.slice(-60),
      ),
    );
  return scriptsOf(page.html).flatMap((script) => {
    if (!script) {
      report(
        finding('page/unpinned-script', page.path, 'a file with an integrity value', 'a script without'),
      );
      return [];
    }
    const bytes = files.get(script.src);
    if (!bytes) return [];
    const place = `${page.path} ${script.src}`;
    const algorithm = script.integrity.split('-')[0] ?? '';
    const found = `${algorithm}-${toBase64(digest(algorithm, bytes))}`;
    if (found !== script.integrity) report(finding('page/integrity-differs', place, script.integrity, found));
    const id = contentId(bytes);
    if (recorded.get(id) !== 'page/v1')
      report(finding('page/not-recorded', place, 'a file with a page/v1 entry', id));
    return [id];
  });
}

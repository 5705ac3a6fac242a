// A served passport page as a file that works on any static host, below any path: every address in it becomes relative to
// the file, or absolute to the service where a mirror has no such thing. The scripts stay byte for byte what they are:
// the page names their hash.

/** From `passports/{release}/` to the top of the mirror. */
const TOP = '../../';

export type CopiedPage = {
  readonly html: string;
  /** Names below `/assets/`. */
  readonly assets: readonly string[];
};

/** @param policy Content-Security-Policy that the service sends: a static host sends none */
export function copyPage(
  html: string,
  { release, source, policy }: { readonly release: string; readonly source: string; readonly policy: string },
): CopiedPage {
  const assets = new Set<string>();
  const copied = html.replace(/\b(href|src|data-bundle)="(\/[^"]*)"/g, (_, name: string, escaped: string) => {
    const address = escaped.replaceAll('&amp;', '&');
    const asset = /^\/assets\/([^/?#]+)$/.exec(address)?.[1];
    if (asset !== undefined) assets.add(asset);
    const target = asset === undefined ? targetOf(address, release, source) : `${TOP}assets/${asset}`;
    return `${name}="${escapeText(target)}"`;
  });
  const withRoot = copied.replace(
    '<main id="passport"',
    `<main id="passport" data-root="${TOP}verify/root.json"`,
  );
  // what a meta element may not say is left out (CSP level 3, §3.3)
  const inPage = policy
    .split(';')
    .map((directive) => directive.trim())
    .filter((directive) => directive !== '' && !/^(frame-ancestors|report-uri|sandbox)\b/.test(directive))
    .join('; ');
  const meta =
    inPage === '' ? '' : `<meta http-equiv="Content-Security-Policy" content="${escapeText(inPage)}">`;
  return {
    html: withRoot.replace('<meta charset="utf-8">', `<meta charset="utf-8">${meta}`),
    assets: [...assets],
  };
}

/** Names below `assets/` that a copied page loads. */
export const assetsOf = (html: string): string[] =>
  [...html.matchAll(/"\.\.\/\.\.\/assets\/([^"/?#]+)"/g)].map(([, name = '']) => name);

function targetOf(address: string, release: string, source: string): string {
  const [path = '', query = ''] = address.split('?', 2);
  const here = `/passports/${release}`;
  if (path === here) return new URLSearchParams(query).get('lang') === 'zh' ? 'zh.html' : 'index.html';
  if (path === `${here}/bundle`) return 'bundle.json';
  if (path === `${here}/credential`) return 'credential.jwt';
  if (path === '/log/checkpoint' || path === '/verify/root.json') return TOP + path.slice(1);
  return source + address;
}

/** A page at the printed code's place that leads to the passport, for people and for programs. */
export function redirectPage(folder: string, release: string): string {
  const up = '../'.repeat(folder.split('/').length);
  const target = `${up}passports/${release}/`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${target}"><meta name="referrer" content="no-referrer"><title>Anchorleaf 碳锚</title><link rel="canonical" href="${target}"><link rel="alternate" type="application/json" href="${target}bundle.json"></head><body><p><a href="${target}">Passport / 产品护照</a></p></body></html>
`;
}

const escapeText = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

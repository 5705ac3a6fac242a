// The passports' part of a mirror: bundle, credential, the page in both languages with what it loads, and a page at each
// printed code that leads there. A bundle is checked before it is kept, with the code that readers use.
import { fromUtf8 } from '#lib/canonical';
import { type Bundle, check, type Report, type Root, readBundle, VerificationError } from '#lib/verification';
import { ENGINES } from '../../../checker/src/engines.ts';
import { assetsOf, copyPage, redirectPage } from './copy-page.ts';
import { codeFolder, isAsset, passportFolder } from './layout.ts';
import type { MirrorFolder } from './mirror-folder.ts';
import type { ServicePages } from './service-pages.ts';

export type PassportOrder = {
  readonly pages: ServicePages;
  readonly folder: MirrorFolder;
  /** Address of the service. */
  readonly source: string;
  readonly root: Root;
  /** RFC 3339. */
  readonly now: string;
  /** Fetch again what is there already. */
  readonly refresh: boolean;
  readonly say: (line: string) => void;
};

/** `kept`: was there, whole. `refused`: altered, or no bundle; nothing of it is kept. `gone`: not here any more. */
export type Outcome = 'copied' | 'kept' | 'refused' | 'gone';

export async function copyPassport(order: PassportOrder, release: string): Promise<Outcome> {
  const { folder, pages, say } = order;
  const at = passportFolder(release);
  if (!order.refresh && (await isWhole(folder, at))) {
    for (const name of PASSPORT_FILES) await keepListed(folder, `${at}/${name}`);
    return 'kept';
  }
  const fetched = await pages.bundle(release);
  if (!fetched) return 'gone';
  const judged = await judge(order, fetched.bytes, release);
  if ('problem' in judged) {
    say(`${release} is not copied: ${judged.problem}`);
    return 'refused';
  }
  const { bundle } = judged;
  await folder.writeListed(`${at}/credential.jwt`, bundle.credential);
  for (const language of ['en', 'zh'] as const) await copyOnePage(order, release, language);
  await copyCode(order, bundle.code);
  // last: where it is, the rest is
  await folder.writeListed(`${at}/bundle.json`, fetched.bytes);
  return 'copied';
}

const PAGES = ['index.html', 'zh.html'] as const;
const PASSPORT_FILES = ['credential.jwt', ...PAGES, 'bundle.json'] as const;

/** A bundle whose entries all stand under anchored heads says for ever what it says now; its pages need their files. */
async function isWhole(folder: MirrorFolder, at: string): Promise<boolean> {
  const bytes = await folder.read(`${at}/bundle.json`);
  if (!bytes) return false;
  try {
    if (!readBundle(bytes).entries.every(({ head }) => head !== null)) return false;
  } catch {
    return false;
  }
  for (const page of PAGES) {
    const html = await folder.read(`${at}/${page}`);
    if (!html) return false;
    for (const name of assetsOf(new TextDecoder().decode(html)))
      if (!(await folder.has(`assets/${name}`))) return false;
  }
  return true;
}

async function keepListed(folder: MirrorFolder, path: string): Promise<void> {
  const bytes = await folder.read(path);
  if (bytes) folder.note(path, bytes);
}

type Judged = { readonly bundle: Bundle } | { readonly problem: string };

/** Without a chain: what the bundle says of itself must hold, and it must be of the log that is mirrored. */
async function judge({ root, now }: PassportOrder, bytes: Uint8Array, release: string): Promise<Judged> {
  let report: Report;
  let bundle: Bundle;
  try {
    report = await check({
      bundle: bytes,
      root,
      code: null,
      now,
      engines: ENGINES,
      rpc: null,
      endpoints: [],
      recordHosts: [],
      pinned: [],
      operatorPage: null,
    });
    if (report.headline === 'altered') return { problem: `it is altered (${problemsOf(report)})` };
    bundle = readBundle(bytes);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return { problem: error.message };
  }
  return bundle.release === release ? { bundle } : { problem: `its bundle is of release ${bundle.release}` };
}

const problemsOf = ({ checks }: Report) =>
  Object.values(checks)
    .flatMap(({ status, code }) => (status === 'invalid' ? [code] : []))
    .join(', ');

async function copyOnePage(
  { pages, folder, source, say }: PassportOrder,
  release: string,
  language: 'en' | 'zh',
): Promise<void> {
  const page = await pages.get(`passports/${release}?lang=${language}`, 'text/html');
  if (!page) return;
  const { html, assets } = copyPage(fromUtf8(page.bytes), { release, source, policy: page.policy });
  for (const name of assets) {
    const path = `assets/${name}`;
    if (!isAsset(name)) say(`${name} is no name of a file of a page: passed over`);
    else if (await folder.has(path)) await keepListed(folder, path);
    else {
      const asset = await pages.asset(name);
      if (asset) await folder.writeListed(path, asset.bytes);
      else say(`${source}/${path} is not there: the page of ${release} is copied and does not check itself`);
    }
  }
  const file = language === 'en' ? 'index.html' : 'zh.html';
  await folder.writeListed(`${passportFolder(release)}/${file}`, html);
}

/** The code leads to the release that its batch was sold with, which the service knows. */
async function copyCode({ pages, folder, say }: PassportOrder, code: string): Promise<void> {
  const at = codeFolder(code);
  if (at === null) return say(`no folder can be named as the code ${code}: it has no page of its own`);
  const first = await pages.resolve(code);
  if (first) await folder.writeListed(`${at}/index.html`, redirectPage(at, first));
}

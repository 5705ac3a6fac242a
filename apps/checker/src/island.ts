// The island on the scan page: takes the bundle, checks it here with the same code as the command line, and prints the
// key facts again from the checked bytes. Text goes into the page as text only. Without this script the page stays true:
// it says that nothing was checked.
import { check, type Report, readRoot, reportUnreached, VerificationError } from '#lib/verification';
import { FIELD_NAMES, type Language, pageFields, say } from '#lib/wording';
import { ENGINES } from './engines.ts';
import { type Call, makeRpc, readBounded } from './rpc.ts';
import { showReport, strike } from './show-report.ts';

const MAX_BUNDLE_BYTES = 8 * 1024 * 1024;
const MAX_ROOT_BYTES = 1024 * 1024;
const TIMEOUT_MS = 20_000;

/**
 * The page's own root is a hint of its operator; with it the verdict is the operator's page's, and says so. A static copy
 * of the page names the place of its own copy (`data-root`).
 */
const OPERATOR_ROOT = '/verify/root.json';

async function run(main: HTMLElement, section: HTMLElement, language: Language): Promise<void> {
  section.replaceChildren(paragraph(say(language, 'headline/checking')));
  const calls: Call[] = [];
  const report = await judge(main, calls);
  const told = report.facts ? compareWithPage(main, report, language) : report;
  if (told.headline === 'altered') for (const each of fieldsOf(main)) strike(each.element);
  showReport(section, told, calls, language);
}

async function judge(main: HTMLElement, calls: Call[]): Promise<Report> {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const lost = (headline: 'could-not-check' | 'not-known', code: string) =>
    reportUnreached(
      headline,
      { status: 'unknown', code, detail: { time: now }, evidence: [] },
      { time: now },
    );
  try {
    const bundle = await load(main.dataset.bundle ?? '', MAX_BUNDLE_BYTES);
    if (bundle === null) return lost('not-known', 'content/not-known');
    const root = await load(main.dataset.root ?? OPERATOR_ROOT, MAX_ROOT_BYTES);
    return await check({
      bundle,
      root: root && readRoot(root),
      code: main.dataset.code ?? null,
      now,
      engines: ENGINES,
      rpc: makeRpc({ timeoutMs: TIMEOUT_MS, note: (call) => calls.push(call) }),
      endpoints: [],
      recordHosts: [location.host],
      pinned: [],
      operatorPage: location.host,
    });
  } catch (error) {
    // no bundle at all came back: a captive portal, a cut line. That tells nothing about the record
    if (error instanceof VerificationError || error instanceof TypeError || error instanceof DOMException)
      return lost('could-not-check', 'content/unreachable');
    throw error;
  }
}

/** @returns null when there is no such thing; throws TypeError or DOMException when it cannot be had now */
async function load(path: string, max: number): Promise<Uint8Array | null> {
  const response = await fetch(path, {
    headers: { accept: 'application/json' },
    credentials: 'omit',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 404 || response.status === 410) return null;
  if (!response.ok) throw new TypeError(`${path} was answered ${response.status}`);
  return readBounded(response, max);
}

const fieldsOf = (main: HTMLElement) =>
  FIELD_NAMES.flatMap((name) => {
    const element = main.querySelector<HTMLElement>(`[data-field="${name}"]`);
    return element ? [{ name, element }] : [];
  });

/** What the server printed must be what the checked bytes print (design: text that differed is Altered). */
function compareWithPage(main: HTMLElement, report: Report, language: Language): Report {
  const fields = report.facts && pageFields(report.facts, language);
  if (!fields) return report;
  const differing = fieldsOf(main).filter(({ name, element }) => element.textContent !== fields[name]);
  for (const { name, element } of fieldsOf(main)) element.textContent = fields[name];
  const [first] = differing;
  if (!first) return report;
  const content = {
    status: 'invalid',
    code: 'content/page-differs',
    detail: { field: `field/${first.name}` },
    evidence: [],
  } as const;
  return { ...report, headline: 'altered', checks: { ...report.checks, content } };
}

function paragraph(text: string): HTMLElement {
  const element = document.createElement('p');
  element.className = 'verdict';
  element.textContent = text;
  return element;
}

const main = document.getElementById('passport');
const section = document.getElementById('checks');
// after first paint: the page is complete before anything here runs
if (main && section) {
  const language: Language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
  const go = () =>
    run(main, section, language).catch((error: unknown) => {
      section.replaceChildren(paragraph(say(language, 'headline/not-checked')));
      throw error;
    });
  requestAnimationFrame(() => setTimeout(go, 0));
}

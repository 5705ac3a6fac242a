// A scan, as a stranger does it: follow the printed code, take what it gives, run the checker on it.
import { spawnSync } from 'node:child_process';
import { ROOT } from '../build.ts';

export type Report = {
  readonly headline: string;
  readonly overlays: readonly { readonly id: string }[];
  readonly checks: Record<string, { status: string; code: string }>;
};

/** Follows the code as a person's phone and as a machine would, and says where it led. */
export async function followCode(link: string): Promise<string> {
  const first = await fetch(link, { redirect: 'manual' });
  const target = first.headers.get('location');
  if (first.status !== 307 || !target) throw new Error(`${link} was answered ${first.status}, not 307`);
  const release = new URL(target, link).href;
  const [page, credential] = await Promise.all([
    fetch(release, { headers: { accept: 'text/html' } }),
    fetch(release, { headers: { accept: 'application/vc+jwt' } }),
  ]);
  const html = await page.text();
  if (!page.ok || !html.includes('id="passport"'))
    throw new Error(`${release} gave a person no passport page (${page.status})`);
  const jwt = await credential.text();
  if (
    !credential.headers.get('content-type')?.startsWith('application/vc+jwt') ||
    jwt.split('.').length !== 3
  )
    throw new Error(`${release} gave a machine no credential (${credential.status})`);
  return release;
}

/** `npm run verify` on a file or address; the verdict does not depend on anything the service says about itself. */
export function runChecker(target: string, root: string): Report {
  const args = [
    '--conditions=source',
    'scripts/verify.ts',
    target,
    '--root',
    root,
    '--accept-test-ledger',
    '--json',
  ];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (!stdout.trim().startsWith('{'))
    throw new Error(`the checker ended with ${status} and no report: ${stderr || stdout}`);
  return JSON.parse(stdout) as Report;
}

export function requireHeadline(report: Report, wanted: string, about: string): void {
  if (report.headline === wanted) return;
  const checks = Object.entries(report.checks).map(([name, { status, code }]) => `${name} ${status} ${code}`);
  throw new Error(`${about} is "${report.headline}", not "${wanted}":\n  ${checks.join('\n  ')}`);
}

export const failedChecks = (report: Report): string[] =>
  Object.entries(report.checks)
    .filter(([, { status }]) => status === 'invalid')
    .map(([name]) => name);

// A phone scans a printed code: the page checks itself in a real browser, shows Altered when the store was changed, and
// Matches again when it was restored. On the real service, database and chain, with data made by the demo.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { makeTestFolder, ROOT, type TestFolder } from '../support/folder.ts';
import {
  environment,
  freePort,
  runScript,
  type ServiceProcess,
  startService,
} from '../support/service-process.ts';

const AXE = join(ROOT, 'node_modules/axe-core/axe.min.js');
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };

describe('the scan page in Chromium', () => {
  let browser: Browser | null = null;
  let folder: TestFolder | null = null;
  let service: ServiceProcess;
  let outcome: any;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
    if (!browser) return;
    folder = await makeTestFolder('browser');
    const dataDir = folder.path;
    const port = await freePort();
    const file = join(dataDir, 'outcome.json');
    const env = environment(dataDir, port);
    const { status, output } = runScript('scripts/demo.ts', ['--exit', '--json', file], env);
    if (status !== 0) throw new Error(output);
    outcome = JSON.parse(readFileSync(file, 'utf8'));
    service = await startService(dataDir, port);
    process.env.DATA_DIR = dataDir;
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await folder?.remove();
  });

  /** Skips aloud where no browser can be had. */
  const inBrowser = (name: string, run: () => Promise<void>) =>
    test(name, async () => {
      if (!browser) {
        console.warn(`SKIPPED, no Chromium on this machine: ${name}`);
        return;
      }
      await run();
    }, 60_000);

  async function open(url: string, language = 'en', javaScriptEnabled = true): Promise<Page> {
    const context = await browser!.newContext({ ...PHONE, javaScriptEnabled, locale: language });
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(url, { waitUntil: 'load' });
    return page;
  }

  async function headlineOf(page: Page): Promise<string | null> {
    await page.waitForSelector('#checks[data-headline]', { timeout: 20_000 });
    return page.getAttribute('#checks', 'data-headline');
  }

  const checksOf = (page: Page) =>
    page.$$eval('#checks li[data-check]', (lines) =>
      Object.fromEntries(
        lines.map((line) => [line.getAttribute('data-check'), line.getAttribute('data-status')]),
      ),
    );

  inBrowser('scans a printed code and matches, in Chinese and English', async () => {
    const bundle = JSON.parse(readFileSync(outcome.bundle, 'utf8'));
    for (const language of ['en', 'zh-CN']) {
      const page = await open(`${service.url}${bundle.code}`, language);
      expect(await headlineOf(page)).toBe('matches');
      expect(await checksOf(page)).toEqual({
        content: 'valid',
        signature: 'valid',
        log: 'valid',
        status: 'valid',
        number: 'valid',
        thirdParty: 'valid',
      });
      expect(await page.getAttribute('html', 'lang')).toMatch(language === 'en' ? /^en/ : /^zh/);
      await page.screenshot({ path: join(ROOT, '.tmp', `scan-${language}.png`) });
      await page.context().close();
    }
    expect(errors).toEqual([]);
  });

  inBrowser('breaks no word of its tables on a phone', async () => {
    const page = await open(outcome.passportUrl);
    const broken = await page.$$eval('.wide td, .wide th', (cells) =>
      cells
        .filter((cell) => /^\w+$/.test(cell.textContent ?? '') && cell.firstChild)
        .filter((cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return range.getClientRects().length > 1;
        })
        .map((cell) => cell.textContent),
    );
    expect(broken).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.viewport.width);
    await page.context().close();
  });

  inBrowser('has no accessibility violation that axe finds', async () => {
    const page = await open(outcome.passportUrl);
    await headlineOf(page);
    // evaluated by the debugger, not by a script element: the page's policy stays as it is
    await page.evaluate(readFileSync(AXE, 'utf8'));
    const found = await page.evaluate(() =>
      (globalThis as any).axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
    );
    expect(found.violations.map(({ id, nodes }: any) => [id, nodes[0].html])).toEqual([]);
    await page.context().close();
  });

  inBrowser('shows all data and "not checked" without JavaScript', async () => {
    const page = await open(outcome.passportUrl, 'en', false);
    expect(await page.textContent('#checks')).toContain('Not checked on this device');
    expect((await page.textContent('[data-field=number]'))?.length).toBeGreaterThan(0);
    await page.context().close();
  });

  inBrowser('shows Altered when the store was changed, and Matches when it was restored', async () => {
    const { tamperWithFootprint } = await import('../../scripts/demo/tamper.ts');
    const bundle = JSON.parse(readFileSync(outcome.bundle, 'utf8'));
    const footprint = bundle.documents.find((each: any) => each.type === 'footprint/v1');
    const change = await tamperWithFootprint(footprint.id, footprint.doc.result.perUnit.value);
    try {
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const page = await open(outcome.passportUrl);
      expect(await headlineOf(page)).toBe('altered');
      expect((await checksOf(page)).content).toBe('invalid');
      expect(await page.getAttribute('#checks', 'data-tone')).toBe('red');
      await page.screenshot({ path: join(ROOT, '.tmp', 'scan-altered.png') });
      await page.context().close();
    } finally {
      await change.restore();
    }
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const page = await open(outcome.passportUrl);
    expect(await headlineOf(page)).toBe('matches');
    await page.context().close();
  });

  inBrowser(
    'a page that prints another number than the record is Altered, and prints the true one',
    async () => {
      const context = await browser!.newContext({ ...PHONE, locale: 'zh-CN' });
      const page = await context.newPage();
      await page.route(outcome.passportUrl, async (route) => {
        const response = await route.fetch();
        const body = (await response.text()).replace(/(data-field="number">)[^<]*/, '$10.0001');
        await route.fulfill({ response, body });
      });
      await page.goto(outcome.passportUrl);
      expect(await headlineOf(page)).toBe('altered');
      expect(await page.textContent('#checks li[data-check=content]')).toContain('页面显示的数值与记录不同');
      const { number } = JSON.parse(readFileSync(outcome.bundle, 'utf8')).documents.find(
        (each: any) => each.type === 'passport/v1',
      ).doc.footprint;
      expect(Number(number)).toBeCloseTo(Number(await page.textContent('[data-field=number] del')), 3);
      await context.close();
    },
  );

  inBrowser('is amber, never red, when the chain cannot be reached', async () => {
    const context = await browser!.newContext(PHONE);
    const page = await context.newPage();
    await page.route('**/rpc', (route) => route.abort());
    await page.goto(outcome.passportUrl);
    expect(await headlineOf(page)).toBe('could-not-check');
    expect(await page.getAttribute('#checks', 'data-tone')).toBe('amber');
    await context.close();
  });
});

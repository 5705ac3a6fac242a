import { createHash } from 'node:crypto';
import { contentId, utf8 } from '#lib/canonical';
import { checkPage, type Finding, scriptsOf } from './index.ts';

const digest = (algorithm: string, bytes: Uint8Array) =>
  new Uint8Array(createHash(algorithm).update(bytes).digest());
const CODE = utf8('export const checker = 1');
const INTEGRITY = `sha384-${Buffer.from(digest('sha384', CODE)).toString('base64')}`;
const page = (script: string) => ({
  path: '/verify',
  html: `<html><head>${script}</head><body></body></html>`,
});
const good = `<script type="module" src="/assets/a.js" integrity="${INTEGRITY}" crossorigin="anonymous"></script>`;
const recorded = new Map([[contentId(CODE) as string, 'page/v1']]);

function judge(script: string, code = CODE, known = recorded): string[] {
  const findings: Finding[] = [];
  checkPage(page(script), new Map([['/assets/a.js', code]]), digest, known, (found) => findings.push(found));
  return findings.map((found) => found.code);
}

test('a recorded file under its integrity value', () => {
  expect(judge(good)).toEqual([]);
  expect(judge('')).toEqual([]);
});

test('a file that is not recorded, or recorded as something else, or not the one of the page', () => {
  expect(judge(good, CODE, new Map())).toEqual(['page/not-recorded']);
  expect(judge(good, CODE, new Map([[contentId(CODE), 'method/v1']]))).toEqual(['page/not-recorded']);
  expect(judge(good, utf8('steal()'))).toEqual(['page/integrity-differs', 'page/not-recorded']);
});

test.each([
  [
    'with other quotes first',
    '<script src=\'/assets/b.js\' integrity=\'\' src="/assets/a.js" integrity="I"></script>',
  ],
  ['without quotes first', '<script/src=/assets/b.js src="/assets/a.js" integrity="I"></script>'],
])('of two attributes of one name the first counts, as in a browser: %s', (_, html) => {
  const [script] = scriptsOf(html.replaceAll('"I"', `"${INTEGRITY}"`));
  expect(script?.src).not.toBe('/assets/a.js');
});

test.each([
  '<body onload="steal()">',
  '<img src=x onerror=steal()>',
  '<a href="javascript:steal()">more</a>',
  '<iframe src="/other"></iframe>',
  '<iframe srcdoc="&lt;script>"></iframe>',
  '<base href="https://elsewhere.example/">',
  '<meta http-equiv="refresh" content="0;url=https://elsewhere.example/">',
])('code that is no script: %s', (html) => {
  expect(judge(`${good}${html}`)).toEqual(['page/unpinned-script']);
});

test('words are no code', () => {
  expect(judge(`${good}<p title="based on a=b">the button on = off, only iframe</p>`)).toEqual([]);
});

test.each([
  ['written into the page', '<script>steal()</script>'],
  ['without integrity', '<script src="/assets/a.js"></script>'],
  ['of another host', `<script src="https://elsewhere.example/a.js" integrity="${INTEGRITY}"></script>`],
  [
    'of another host, without scheme',
    `<script src="//elsewhere.example/a.js" integrity="${INTEGRITY}"></script>`,
  ],
  ['under a hash that is broken', '<script src="/assets/a.js" integrity="md5-AAAA"></script>'],
  ['in capitals', '<SCRIPT>steal()</SCRIPT>'],
])('a script %s', (_, script) => {
  expect(judge(script)).toEqual(['page/unpinned-script']);
  expect(scriptsOf(script)).toEqual([null]);
});

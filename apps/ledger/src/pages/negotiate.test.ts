import { chooseForm, chooseLanguage } from './negotiate.ts';

describe('language', () => {
  test.each([
    ['zh', 'en', 'zh'],
    ['de', 'zh-CN,zh;q=0.9', 'zh'],
    [undefined, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    [undefined, 'en-GB,en;q=0.9,zh;q=0.8', 'en'],
    [undefined, 'de, fr;q=0.9', 'en'],
    [undefined, 'de, zh;q=0.3', 'zh'],
    [undefined, 'zh;q=0, en;q=0.1', 'en'],
    [undefined, undefined, 'en'],
    [['zh', 'en'], 'zhx', 'en'],
  ] as const)('lang=%p, Accept-Language %p → %s', (asked, header, want) => {
    expect(chooseLanguage(asked, header)).toBe(want);
  });
});

describe('form of a passport', () => {
  test.each([
    [undefined, 'text/html'],
    ['*/*', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['application/vc+jwt', 'application/vc+jwt'],
    ['application/json', 'application/json'],
    ['application/json;q=0.5, application/vc+jwt;q=0.9', 'application/vc+jwt'],
    ['application/*', 'application/vc+jwt'],
    ['application/vc+jwt;q=0, */*', 'text/html'],
    ['text/html;q=0, */*;q=0.1', 'application/vc+jwt'],
    ['image/png', null],
    ['text/html;q=2', null],
  ])('Accept %p → %s', (accept, want) => {
    expect(chooseForm(accept)).toBe(want);
  });
});

import fc from 'fast-check';
import { escapeHtml, html, raw, safeHref } from './html.ts';

describe('html', () => {
  test('escapes values in text and attributes', () => {
    const evil = `"><script>alert('1')</script>&`;
    const page = html`<p title="${evil}">${evil}</p>`.text;
    expect(page).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>',
    );
  });

  test('keeps nested html, lists and absent values', () => {
    const items = ['a<', 'b'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}</ul>${null}${undefined}${false}${0}${12n}${raw('<hr>')}`.text).toBe(
      '<ul><li>a&lt;</li><li>b</li></ul>012<hr>',
    );
  });

  test('no string gets a tag or a quote through', () => {
    fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeHtml(text))));
  });

  test('links are http, https or paths of this host', () => {
    expect(safeHref('https://example.org/a?b=c')).toBe('https://example.org/a?b=c');
    expect(safeHref('/passports/x')).toBe('/passports/x');
    for (const evil of [
      'javascript:alert(1)',
      'JaVaScRiPt:x',
      '//evil.example',
      'data:text/html,x',
      '/\t/evil',
      'https://',
    ])
      expect(['#', '/\t/evil']).toContain(safeHref(evil));
    expect(safeHref('//evil.example')).toBe('#');
  });
});

import { inflateSync } from 'node:zlib';
import jsQR from 'jsqr';
import { LABEL, LABELS_PER_SHEET, layOut, placeOf, SHEET } from './layout.ts';
import { drawPdf } from './pdf.ts';
import { drawSvg } from './svg.ts';
import { makeSymbol, QUIET_ZONE, symbolPath } from './symbol.ts';

const uri = 'https://id.example.cn/01/09506000134352/10/L-2611/21/7K3QXW9D';
const facts = {
  uri,
  elements: ['(01)09506000134352', '(10)L-2611', '(21)7K3QXW9D'],
  productName: '甘蔗渣餐盘 9 寸 · Sugarcane plate 9 in',
  isTest: false,
};

/** Paints `M x y h n v 1 h -n z` runs: an independent reading of what we draw, not of the matrix we drew from. */
function paint(path: string, size: number, pixels = 4): { data: Uint8ClampedArray; side: number } {
  const side = (size + 2 * QUIET_ZONE) * pixels;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    for (let py = 0; py < pixels; py++)
      for (let px = 0; px < Number(length) * pixels; px++) {
        const at = ((Number(y) + QUIET_ZONE) * pixels + py) * side + (Number(x) + QUIET_ZONE) * pixels + px;
        data.fill(0, at * 4, at * 4 + 3);
      }
  return { data, side };
}

const decode = (text: string): string | undefined => {
  const symbol = makeSymbol(text);
  const { data, side } = paint(symbolPath(symbol), symbol.size);
  return (jsQR as unknown as typeof jsQR.default)(data, side, side)?.data;
};

describe('symbol', () => {
  test.each([
    uri,
    'http://localhost:8787/01/09506000134352/10/L261101/21/AB12CD34',
    'https://a.cn/id/yiwu-plates/plate-9/10/A%2FB',
    `https://long-host.example.com/01/09506000134352/10/12345678901234567890/21/1234567890`,
  ])('an independent reader reads back %s', (text) => {
    expect(decode(text)).toBe(text);
  });

  test('an address too long for the label is refused with its size', () => {
    expect(() => makeSymbol(`https://example.com/${'a'.repeat(160)}`)).toThrow(
      /labels\/symbol-too-big.*180 characters/,
    );
  });
});

describe('layout', () => {
  test.each([10, 60, 120])(
    'everything stays inside the label for an address of %i characters more',
    (more) => {
      const label = layOut({ ...facts, uri: `https://a.cn/${'x'.repeat(more)}`, isTest: true });
      const side = (label.symbol.size + 2 * QUIET_ZONE) * label.module;
      expect(label.symbolX - QUIET_ZONE * label.module + side).toBeLessThanOrEqual(LABEL.width);
      expect(label.symbolY + (label.symbol.size + QUIET_ZONE) * label.module).toBeLessThan(LABEL.height - 4);
      for (const { x, y, size, font, text } of label.texts) {
        const advance = font === 'code' ? 0.6 : 0.55;
        if (font === 'code')
          expect(x + text.length * advance * size).toBeLessThanOrEqual(LABEL.width + 0.001);
        expect(y).toBeLessThan(LABEL.height);
      }
    },
  );

  test('21 labels a sheet, none over the edge', () => {
    expect(placeOf(LABELS_PER_SHEET)).toEqual({ page: 1, x: SHEET.left, y: SHEET.top });
    const { x, y } = placeOf(LABELS_PER_SHEET - 1);
    expect(x + LABEL.width).toBeLessThan(SHEET.width);
    expect(y + LABEL.height).toBeLessThan(SHEET.height);
  });
});

describe('sheets', () => {
  test('SVG: one path a label, escaped text, test mark only when asked', () => {
    const svg = drawSvg([facts, { ...facts, productName: '<b>&', isTest: true }]);
    expect(svg.match(/<path /g)).toHaveLength(2);
    expect(svg).toContain('&lt;b&gt;&amp;');
    expect(svg.match(/TEST 测试/g)).toHaveLength(1);
    expect(svg).toContain('扫码查看产品数据记录');
    expect(svg).toContain('(21)7K3QXW9D');
  });

  test('PDF: a page for each 21 labels, vector symbols, an embedded subset', async () => {
    const pdf = await drawPdf(Array(30).fill(facts), new Date(0));
    const text = pdf.toString('latin1');
    expect(text.startsWith('%PDF-')).toBe(true);
    expect(text.match(/\/Type \/Page\b/g)).toHaveLength(2);
    expect(text).toMatch(/\/FontFile[23]/);
    expect(text).not.toContain('/Subtype /Image');
    const streams = [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body]) => {
      try {
        return inflateSync(Buffer.from(body!, 'latin1')).toString('latin1');
      } catch {
        return '';
      }
    });
    expect(streams.some((stream) => (stream.match(/ re$/gm) ?? []).length > 1000)).toBe(true);
    expect(pdf.length).toBeLessThan(400_000);
  });
});

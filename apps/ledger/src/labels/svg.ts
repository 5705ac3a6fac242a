import { type Html, html, raw } from '../pages/html.ts';
import { LABELS_PER_SHEET, type Label, type LabelFacts, layOut, placeOf, SHEET } from './layout.ts';
import { symbolPath } from './symbol.ts';

/** Sheets as one SVG, pages below each other; user units are millimetres. */
export function drawSvg(labels: readonly LabelFacts[]): string {
  const pages = Math.max(1, Math.ceil(labels.length / LABELS_PER_SHEET));
  const height = pages * SHEET.height;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${SHEET.width}mm" height="${height}mm" viewBox="0 0 ${SHEET.width} ${height}"><rect width="100%" height="100%" fill="#fff"/>${labels.map(
    (facts, n) => {
      const { page, x, y } = placeOf(n);
      return html`<g transform="translate(${round(x)} ${round(page * SHEET.height + y)})">${drawLabel(layOut(facts))}</g>`;
    },
  )}</svg>
`.text;
}

function drawLabel({ symbol, symbolX, symbolY, module, texts, mark }: Label): Html {
  return html`<path transform="translate(${symbolX} ${symbolY}) scale(${module})" d="${raw(symbolPath(symbol))}"/>${texts.map(
    ({ x, y, size, font, text }) =>
      html`<text x="${x}" y="${y}" font-size="${round(size)}" font-family="${font === 'code' ? 'ui-monospace,monospace' : 'sans-serif'}">${text}</text>`,
  )}${
    mark &&
    html`<rect x="${mark.x}" y="${mark.y}" width="${mark.width}" height="${mark.height}" fill="none" stroke="#000" stroke-width=".3"/><text x="${mark.x + 1}" y="${mark.y + 2.7}" font-size="2.4" font-weight="bold" font-family="sans-serif">${mark.text}</text>`
  }`;
}

const round = (mm: number) => Math.round(mm * 1000) / 1000;

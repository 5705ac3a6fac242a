import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { type Label, type LabelFacts, layOut, placeOf, SHEET } from './layout.ts';
import { darkRuns } from './symbol.ts';

const POINTS_PER_MM = 72 / 25.4;
const FONT_FILE = createRequire(import.meta.url).resolve(
  '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
);
const FONTS = { code: 'Courier', words: 'words' } as const;

/** Sheets as PDF: vector symbols, Chinese text from an embedded subset. */
export function drawPdf(labels: readonly LabelFacts[], made: Date): Promise<Buffer> {
  const size: [number, number] = [SHEET.width * POINTS_PER_MM, SHEET.height * POINTS_PER_MM];
  const document = new PDFDocument({
    size,
    margin: 0,
    autoFirstPage: false,
    info: { Title: 'Labels', Creator: 'Anchorleaf', CreationDate: made },
  });
  document.registerFont(FONTS.words, FONT_FILE);
  const bytes = collect(document);
  let open = -1;
  for (const [n, facts] of labels.entries()) {
    const { page, x, y } = placeOf(n);
    if (page !== open) {
      document.addPage().scale(POINTS_PER_MM);
      open = page;
    }
    document.save().translate(x, y);
    drawLabel(document, layOut(facts));
    document.restore();
  }
  if (open < 0) document.addPage();
  document.end();
  return bytes;
}

function drawLabel(document: PDFKit.PDFDocument, label: Label): void {
  const { symbol, symbolX, symbolY, module, texts, mark } = label;
  // plain rectangle operators: a parsed path would take most of the time of a sheet
  document.fillColor('black');
  const rectangles = darkRuns(symbol).map(
    (run) =>
      `${number(symbolX + run.x * module)} ${number(symbolY + run.y * module)} ${number(run.length * module)} ${module} re`,
  );
  document.addContent(`${rectangles.join('\n')}\nf`);
  for (const { x, y, size, font, text } of texts) write(document, text, x, y, size, FONTS[font]);
  if (mark) {
    document.lineWidth(0.3).rect(mark.x, mark.y, mark.width, mark.height).stroke('black');
    write(document, mark.text, mark.x + 1, mark.y + 2.7, 2.4, FONTS.words);
  }
}

function write(
  document: PDFKit.PDFDocument,
  text: string,
  x: number,
  y: number,
  size: number,
  font: string,
): void {
  document
    .font(font)
    .fontSize(size)
    .fillColor('black')
    .text(text, x, y, { baseline: 'alphabetic', lineBreak: false });
}

const number = (mm: number) => String(Math.round(mm * 1000) / 1000);

function collect(document: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
}

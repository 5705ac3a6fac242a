// What the page's build of the checker leaves out, as plugins of esbuild. The code that judges is the same as in Node;
// these change what surrounds it:
//   texts       one language, and only the sentences that the island says
//   messages    the English sentences inside errors; the page shows codes and values, never an error's message
//   short cuts  the fast ways of libs/canonical, which answer nothing that the long ways do not
//   primitives  the page's own hashes and curves in place of noble's, which carry much that a page does not use
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import ts from 'typescript';
import { en, type Language, zh } from '#lib/wording';

/** Keys that are said by server or terminal alone, or only of a check without a chain, which the page never makes. */
const ELSEWHERE =
  /^(question|gap|share|stage|cli)\/|^chain\/offline$|^log\/(pinned-head|no-pinned-head|beyond-pinned-head|unconnected-head)$|^status\/as-of$|^headline\/reserved|^page\/(range-unknown|stages|stage-not-included|recomputed|outside-check|elsewhere|no-claim|since)$/;

export function oneLanguage(language: Language): Plugin {
  const catalogue = Object.entries(language === 'zh' ? zh : en).filter(([key]) => !ELSEWHERE.test(key));
  const other = language === 'zh' ? 'en' : 'zh';
  return {
    name: 'texts',
    setup(build) {
      build.onLoad({ filter: /libs[\\/]wording[\\/]src[\\/](en|zh)\.ts$/ }, ({ path }) => ({
        loader: 'ts',
        contents: path.endsWith(`${language}.ts`)
          ? `export const ${language} = ${JSON.stringify(Object.fromEntries(catalogue))}`
          : `export { ${language} as ${other} } from './${language}.ts'`,
      }));
    },
  };
}

/** Calls that make an error out of a description of what was wanted. */
const DESCRIBING = new Set([
  'malformed',
  'refuse',
  'syntax',
  'foreign',
  'badEncoding',
  'match',
  'text',
  'list',
  'oneOf',
]);

export function withoutMessages(root: string): Plugin {
  const libs = join(root, 'libs');
  return {
    name: 'messages',
    setup(build) {
      build.onLoad({ filter: /[\\/](src|methods)[\\/][\w.-]+\.[jt]s$/ }, async ({ path }) => {
        if (!path.startsWith(libs)) return null;
        return { loader: 'ts', contents: stripMessages(path, await readFile(path, 'utf8')) };
      });
    },
  };
}

/** Empties sentences in `new …Error(…)`, in describing calls, and in constants named `message`. */
export function stripMessages(path: string, source: string): string {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const cuts: { readonly from: number; readonly to: number }[] = [];
  const cut = (node: ts.Node): void => {
    if (ts.isConditionalExpression(node)) {
      cut(node.whenTrue);
      cut(node.whenFalse);
    } else if (ts.isBinaryExpression(node)) {
      cut(node.left);
      cut(node.right);
    } else if (isSentence(node)) cuts.push({ from: node.getStart(), to: node.getEnd() });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText())) node.arguments?.forEach(cut);
    if (ts.isCallExpression(node) && DESCRIBING.has(calleeName(node))) node.arguments.forEach(cut);
    if (ts.isVariableDeclaration(node) && node.name.getText() === 'message' && node.initializer)
      cut(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(file);
  // a sentence within a sentence goes with the outer one
  const outer = cuts
    .sort((a, b) => a.from - b.from || b.to - a.to)
    .filter(
      ({ from }, at, all) => !all.slice(0, at).some((before) => before.from <= from && from < before.to),
    );
  return outer.reduceRight((text, { from, to }) => `${text.slice(0, from)}''${text.slice(to)}`, source);
}

function calleeName({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** A page reads one bundle: it can do without code that is only fast. */
export const longWays: Plugin = {
  name: 'short cuts',
  setup(build) {
    build.onLoad({ filter: /libs[\\/]canonical[\\/]src[\\/]short-cut\.ts$/ }, () => ({
      loader: 'ts',
      contents: ['Text', 'Value', 'Decode']
        .map((way) => `export const short${way} = () => undefined;`)
        .join(''),
    }));
  },
};

/** Words with spaces between them; codes, pointers and formats have none. */
function isSentence(node: ts.Node): boolean {
  if (ts.isStringLiteralLike(node)) return node.text.includes(' ');
  return (
    ts.isTemplateExpression(node) &&
    [node.head, ...node.templateSpans.map(({ literal }) => literal)].some(({ text }) => text.includes(' '))
  );
}

/** Module of noble → file that stands in for it. */
export function pagePrimitives(root: string): Readonly<Record<string, string>> {
  const file = (name: string) => join(root, 'apps/checker/src/primitives', name);
  return {
    '@noble/curves/ed25519.js': file('ed25519.ts'),
    '@noble/curves/secp256k1.js': file('signing.ts'),
    '@noble/curves/abstract/weierstrass.js': file('weierstrass.ts'),
    '@noble/curves/abstract/curve.js': file('weierstrass.ts'),
    '@noble/hashes/sha2.js': file('sha2.ts'),
    '@noble/hashes/sha3.js': file('sha3.ts'),
    '@noble/hashes/utils.js': file('bytes.ts'),
  };
}

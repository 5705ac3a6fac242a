// The frame of every page.

import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { say } from '#lib/wording';
import { contentSecurityPolicy } from '../http/headers.ts';
import type { AssetFile } from './assets.ts';
import { type Html, html, raw } from './html.ts';
import { chooseLanguage, type Language } from './negotiate.ts';
import { STYLE, STYLE_HASH } from './style.ts';

export type PageFrame = {
  readonly language: Language;
  readonly title: string;
  /** Path and query of this page without `lang`, for the language switch. */
  readonly path: string;
  /** The test-data banner: the ledger behind this page is a test. */
  readonly isTest: boolean;
  readonly body: Html;
  /** Other forms of the same thing. */
  readonly alternates?: readonly { readonly type: string; readonly href: string }[];
  readonly script?: AssetFile | null;
};

const DOCTYPE = raw('<!doctype html>\n');

export function renderPage({
  language,
  title,
  path,
  isTest,
  body,
  alternates = [],
  script = null,
}: PageFrame): string {
  return html`${DOCTYPE}<html lang="${htmlLang(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><link rel="icon" href="data:,"><title>${title}</title><style>${raw(STYLE)}</style>${alternates.map(
    ({ type, href }) => html`<link rel="alternate" type="${type}" href="${href}">`,
  )}${script && html`<script type="module" src="${script.path}" integrity="${script.integrity}" crossorigin="anonymous"></script>`}</head><body>${
    isTest && html`<p class="banner">${say(language, 'overlay/test-ledger')}</p>`
  }<header class="top"><span>Anchorleaf 碳锚</span>${languageSwitch(language, path)}</header>${body}</body></html>
`.text;
}

export const htmlLang = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en');

function languageSwitch(language: Language, path: string): Html {
  const link = (to: Language, name: string) =>
    to === language
      ? html`<a aria-current="true" lang="${htmlLang(to)}">${name}</a>`
      : html`<a href="${withLanguage(path, to)}" lang="${htmlLang(to)}" hreflang="${htmlLang(to)}">${name}</a>`;
  return html`<nav aria-label="${language === 'zh' ? '语言' : 'Language'}">${link('en', 'English')} ${link('zh', '中文')}</nav>`;
}

/** The same address with `lang` set; `path` is a path of this host with or without query. */
export function withLanguage(path: string, language: Language): string {
  const url = new URL(path, 'http://host');
  url.searchParams.set('lang', language);
  return url.pathname + url.search;
}

export function languageOf(request: FastifyRequest): Language {
  const { lang } = request.query as { lang?: unknown };
  return chooseLanguage(lang, request.headers['accept-language']);
}

/** A policy without unsafe-*: the one inline style sheet by its hash, the checker from this host, chain endpoints from anywhere. */
const PAGE_POLICY = contentSecurityPolicy({
  'style-src': STYLE_HASH,
  'connect-src': "'self' https: http://localhost:* http://127.0.0.1:*",
  'form-action': "'none'",
});

/** Answers with a page, compressed when the client takes gzip. Never cached: the store may say something else next time. */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  page: string,
): FastifyReply {
  void reply
    .status(status)
    .header('Content-Type', 'text/html; charset=utf-8')
    .header('Content-Security-Policy', PAGE_POLICY)
    .header('Cache-Control', 'no-cache')
    .header('Vary', 'Accept, Accept-Language, Accept-Encoding');
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:\D|$))/.test(
    String(request.headers['accept-encoding'] ?? ''),
  );
  if (!takesGzip) return reply.send(page);
  return reply.header('Content-Encoding', 'gzip').send(gzipSync(page, { level: 6 }));
}

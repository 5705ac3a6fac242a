// HTML from tagged templates. Every value is escaped unless it is Html itself, so a page cannot forget it. Values stand
// in text or inside double-quoted attributes; a template that puts one elsewhere is a bug this file cannot see.

/** Text that is HTML already. Made only by `html` and `raw`. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** null, undefined and false print nothing; lists print their members one after another. */
export type HtmlValue = string | number | bigint | Html | null | undefined | false | readonly HtmlValue[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe in text and in quoted attributes (HTML Living Standard §13.3). */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] as string);
}

/** HTML that we wrote ourselves: a constant of the program, never data. */
export function raw(constant: string): Html {
  return new Html(constant);
}

/** ``html`<p title="${title}">${text}</p>` `` */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = parts[0] as string;
  for (const [at, value] of values.entries()) text += render(value) + (parts[at + 1] as string);
  return new Html(text);
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return (value as readonly HtmlValue[]).map(render).join('');
  return escapeHtml(String(value));
}

/**
 * The address if it may stand in an `href`: http, https or a path of this host. Anything else (javascript:, data:,
 * protocol-relative) becomes `#`: names and links in records are written by others.
 */
export function safeHref(address: string): string {
  if (/^\/(?!\/)/.test(address) || address.startsWith('#') || address.startsWith('?')) return address;
  return /^https?:\/\/[^\s]+$/i.test(address) && URL.canParse(address) ? address : '#';
}

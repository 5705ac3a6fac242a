// Content negotiation, RFC 9110 §12.5: which language, which form. No cookie; `?lang=` in the address wins.

export type Language = 'zh' | 'en';
const LANGUAGES: readonly Language[] = ['en', 'zh'];

type Choice = { readonly value: string; readonly quality: number };

/** Members of an Accept-like header with their weights; what has no readable weight counts 0. */
function choices(header: string): Choice[] {
  return header.split(',').map((member) => {
    const [value = '', ...parameters] = member.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const quality =
      weight === undefined ? 1 : /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0;
    return { value, quality };
  });
}

/** `?lang=` if it is one of ours, else the best of Accept-Language, else English. */
export function chooseLanguage(asked: unknown, acceptLanguage: string | undefined): Language {
  const named = LANGUAGES.find((language) => language === asked);
  if (named) return named;
  let best: { language: Language; quality: number } = { language: 'en', quality: 0 };
  for (const { value, quality } of choices(acceptLanguage ?? '')) {
    const language = LANGUAGES.find((one) => value === one || value.startsWith(`${one}-`));
    if (language && quality > best.quality) best = { language, quality };
  }
  return best.language;
}

/** The forms a passport address has, in the order preferred when the client does not mind. */
export const PASSPORT_FORMS = ['text/html', 'application/vc+jwt', 'application/json'] as const;
export type PassportForm = (typeof PASSPORT_FORMS)[number];

/** How exactly a media range names this form: 3 exact, 2 `type/*`, 1 anything, 0 not at all (RFC 9110 §12.5.1). */
function precision(range: string, form: string): number {
  if (range === form) return 3;
  if (range === `${form.split('/')[0]}/*`) return 2;
  return range === '*/*' ? 1 : 0;
}

/** The best form for an Accept header; null when none is acceptable. No header: the page. */
export function chooseForm(accept: string | undefined): PassportForm | null {
  if (!accept?.trim()) return 'text/html';
  const ranges = choices(accept);
  let best: { form: PassportForm; quality: number } | null = null;
  for (const form of PASSPORT_FORMS) {
    const named = ranges
      .map((range) => ({ ...range, precision: precision(range.value, form) }))
      .filter((range) => range.precision > 0)
      .sort((a, b) => b.precision - a.precision)[0];
    if (named && named.quality > (best?.quality ?? 0)) best = { form, quality: named.quality };
  }
  return best?.form ?? null;
}

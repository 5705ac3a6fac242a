// From code and values to a sentence. Verdicts carry codes and values; sentences are made here and nowhere else.

import { displayTime, isTime } from './display.ts';
import { type Catalogue, en, type MessageKey } from './en.ts';
import { zh } from './zh.ts';

export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Values = Readonly<Record<string, string>>;

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { en, zh };

export function isMessageKey(text: string): text is MessageKey {
  return Object.hasOwn(en, text);
}

/** Places that take a key of the catalogue. All others take what people wrote, which is never looked up. */
const TERMS = /^(because|who|reason|holder|field|level|engagement|opinion)$/;

/**
 * The sentence of a key. At the places of terms a value that is a key stands as that key's text, an RFC 3339 time as `2026-11-25 11:00
 * UTC`; a name in two languages is given as `body` and `bodyZh`; a place without a value shows a dash. Values may be
 * attacker-controlled: the result is plain text, never markup.
 */
export function say(language: Language, key: MessageKey, values: Values = {}): string {
  return CATALOGUES[language][key].replace(/\{(\w+)\}/g, (_, place: string) => {
    const name = language === 'zh' && Object.hasOwn(values, `${place}Zh`) ? `${place}Zh` : place;
    const value = Object.hasOwn(values, name) ? (values[name] ?? '') : '–';
    if (TERMS.test(place) && isMessageKey(value)) return say(language, value);
    return isTime(value) ? displayTime(value) : value;
  });
}

/** The sentence of a code that may be of a later version than this catalogue: then the code itself. */
export function sayCode(language: Language, code: string, values: Values = {}): string {
  return isMessageKey(code) ? say(language, code, values) : code;
}

/** The name in the reader's language, else the other one. */
export function nameIn(language: Language, names: { readonly zh?: string; readonly en?: string }): string {
  return names[language] ?? names.en ?? names.zh ?? '';
}

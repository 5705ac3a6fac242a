// What each refusal code means and what to do about it: the page behind the `type` of a problem document. The detail of
// one refusal, with its values, stands in the document itself. Codes are permanent; texts may get better.
import type { Language } from './negotiate.ts';
import { FEATURE_PROBLEMS } from './problem-texts-features.ts';
import { IMPORT_PROBLEMS } from './problem-texts-imports.ts';
import { PLATFORM_PROBLEMS } from './problem-texts-platform.ts';

/** Meaning and remedy in English, meaning and remedy in Chinese. */
export type ProblemEntry = readonly [meaning: string, remedy: string, meaningZh: string, remedyZh: string];
export type ProblemTexts = Readonly<Record<string, ProblemEntry>>;

const PROBLEMS: ProblemTexts = { ...FEATURE_PROBLEMS, ...IMPORT_PROBLEMS, ...PLATFORM_PROBLEMS };

export const PROBLEM_CODES: readonly string[] = Object.keys(PROBLEMS).sort();

/** Null for a code that is not known here. */
export function problemText(
  code: string,
  language: Language,
): { readonly meaning: string; readonly remedy: string } | null {
  if (!Object.hasOwn(PROBLEMS, code)) return null;
  const [meaning, remedy, meaningZh, remedyZh] = PROBLEMS[code] as ProblemEntry;
  return language === 'zh' ? { meaning: meaningZh, remedy: remedyZh } : { meaning, remedy };
}

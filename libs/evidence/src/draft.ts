/**
 * What an import makes before anything is recorded: activities, refusals that block it, and questions that a
 * person answers by code. Drafts are plain JSON, so a server can keep one between two requests.
 */
import type { Unit } from '#lib/quantity';
import type { ActivityDraft, ActivityState, Names } from './activity.ts';
import { EvidenceError } from './errors.ts';
import type { RefusalCode } from './refusals.ts';

/** Where in the file; row and column as the spreadsheet shows them. Null: the whole sheet or row. */
export type Place = {
  readonly sheet: string;
  readonly row: number | null;
  readonly column: string | null;
};

export type Refusal = Place & {
  readonly code: RefusalCode;
  readonly message: Names;
  readonly remedy: Names;
};

/** Something left aside on purpose; does not block. */
export type Note = Place & {
  readonly code: NoteCode;
  readonly message: Names;
};

export type NoteCode =
  | 'evidence/sheet-ignored'
  | 'evidence/column-ignored'
  | 'evidence/total-row-skipped'
  | 'evidence/more-refusals';

export type QuestionCode =
  | 'evidence/implausible-energy'
  | 'evidence/zero-quantity'
  | 'evidence/zero-hours'
  | 'evidence/hidden-sheet';

export type AnswerCode =
  | 'keep'
  | 'read-as-kWh'
  | 'read-as-MWh'
  | 'read-as-万度'
  | 'zero-confirmed'
  | 'missing'
  | 'use'
  | 'leave-out';

export type AnswerEffect =
  | { readonly kind: 'none' }
  | { readonly kind: 'unit'; readonly unit: Unit }
  | { readonly kind: 'state'; readonly state: ActivityState }
  | { readonly kind: 'drop' };

export type Question = Place & {
  readonly id: string;
  readonly code: QuestionCode;
  readonly message: Names;
  /** Positions in `activities` that the answer is about. */
  readonly activities: readonly number[];
  readonly answers: readonly {
    readonly code: AnswerCode;
    readonly label: Names;
    readonly effect: AnswerEffect;
  }[];
  readonly answer: AnswerCode | null;
};

export type ImportDraft = {
  readonly format: 'anchorleaf-import-draft/v1';
  readonly activities: readonly ActivityDraft[];
  readonly refusals: readonly Refusal[];
  readonly questions: readonly Question[];
  readonly notes: readonly Note[];
};

/**
 * The draft with the answers written in; an answer may be changed until the import is confirmed.
 * @throws {EvidenceError} evidence/unknown-question, evidence/unknown-answer
 */
export function answerQuestions(draft: ImportDraft, answers: Readonly<Record<string, string>>): ImportDraft {
  const given = new Map(Object.entries(answers));
  for (const id of given.keys()) {
    if (!draft.questions.some((question) => question.id === id)) {
      const known = draft.questions.map((question) => question.id).join(', ') || 'none';
      throw new EvidenceError(
        'evidence/unknown-question',
        `${JSON.stringify(id)} is no question of this import; questions: ${known}`,
      );
    }
  }
  return {
    ...draft,
    questions: draft.questions.map((question) => answered(question, given.get(question.id))),
  };
}

function answered(question: Question, code: string | undefined): Question {
  if (code === undefined) return question;
  const found = question.answers.find((answer) => answer.code === code);
  if (found === undefined) {
    const known = question.answers.map((answer) => answer.code).join(', ');
    throw new EvidenceError(
      'evidence/unknown-answer',
      `${JSON.stringify(code)} does not answer ${question.id}; answer with one of ${known}`,
    );
  }
  return { ...question, answer: found.code };
}

export const isBlocked = (draft: ImportDraft): boolean =>
  draft.refusals.length > 0 || draft.questions.some((question) => question.answer === null);

/**
 * The activities to record, with every answer applied.
 * @throws {EvidenceError} evidence/blocked while a refusal or an unanswered question stands
 */
export function confirmedActivities(draft: ImportDraft): readonly ActivityDraft[] {
  if (isBlocked(draft)) {
    const open = draft.questions
      .filter((question) => question.answer === null)
      .map((question) => question.id);
    throw new EvidenceError(
      'evidence/blocked',
      `${draft.refusals.length} refusals and ${open.length} open questions (${open.join(', ') || 'none'}); correct the file or answer them`,
    );
  }
  const activities: (ActivityDraft | null)[] = [...draft.activities];
  for (const question of draft.questions) {
    const effect = question.answers.find((answer) => answer.code === question.answer)?.effect ?? {
      kind: 'none',
    };
    for (const index of question.activities) {
      const activity = activities[index];
      if (activity) activities[index] = applied(activity, effect);
    }
  }
  return activities.filter((activity) => activity !== null);
}

function applied(activity: ActivityDraft, effect: AnswerEffect): ActivityDraft | null {
  switch (effect.kind) {
    case 'none':
      return activity;
    case 'drop':
      return null;
    case 'unit':
      return activity.quantity === null
        ? activity
        : { ...activity, quantity: { value: activity.quantity.value, unit: effect.unit } };
    case 'state':
      return {
        ...activity,
        state: effect.state,
        quantity: effect.state === 'missing' ? null : activity.quantity,
      };
  }
}

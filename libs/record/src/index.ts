export {
  contentDocumentId,
  coverRefs,
  isCovered,
  MAX_COVERED,
  manifestOf,
  mismatchOf,
  subjectOf,
} from './binding.ts';
export * from './documents.ts';
export {
  blindSubject,
  checkEntryForm,
  checkEntrySignature,
  type Entry,
  type EntryRef,
  type EntrySignature,
  type EntrySigner,
  entryBytes,
  MAX_ENTRY_BYTES,
  makeEntry,
  parseEntry,
  signingBytes,
  type UnsignedEntry,
} from './entry.ts';
export { RecordError, type RecordErrorCode } from './errors.ts';
export { checkDocumentForm, DOCUMENT_TYPES } from './forms.ts';
export * from './key-history.ts';
export {
  type CoveredKind,
  ENTRY_KINDS,
  type EntryKind,
  isCoveredKind,
  isSignedKind,
  isTimelyKind,
  type SignedKind,
} from './kinds.ts';
export { type Hideable, isWithheld, type Withheld } from './rule.ts';
export { covers, isTime, type Period } from './time.ts';
export { checkUscc, usccCheckCharacter } from './uscc.ts';

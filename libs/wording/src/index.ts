export { AUDIT_KEYS, sayAudit } from './audit.ts';
export { displayDay, displayNumber, displayTime } from './display.ts';
export type { Catalogue, MessageKey } from './en.ts';
export { en } from './en.ts';
export { FIELD_NAMES, type FieldFacts, type FieldName, pageFields } from './fields.ts';
export { forbiddenWords } from './forbidden.ts';
export { isMessageKey, LANGUAGES, type Language, nameIn, say, sayCode, type Values } from './text.ts';
export { zh } from './zh.ts';

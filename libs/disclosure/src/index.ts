export {
  type Disclosure,
  digestForm,
  digestOf,
  documentId,
  hiddenPointers,
  hideablePointers,
  newSalts,
  redact,
  refuseReservedKey,
  type Salts,
} from './digest-form.ts';
export { DisclosureError, type DisclosureErrorCode } from './errors.ts';

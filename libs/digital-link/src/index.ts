export { DigitalLinkError, type DigitalLinkErrorCode } from './errors.ts';
export { checkDigit, checkGtin, type Gtin14 } from './gtin.ts';
export {
  type Code,
  checkCode,
  elementString,
  formatPath,
  type GtinCode,
  type OwnCode,
  parsePath,
  productUri,
} from './path.ts';
export { checkValue } from './value.ts';

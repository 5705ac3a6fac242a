export {
  concat,
  equalBytes,
  fromBase64,
  fromBase64url,
  fromHex,
  toBase64,
  toBase64url,
  toHex,
} from './bytes.ts';
export { canonicalBytes, canonicalize } from './canonicalize.ts';
export { type ContentId, contentId, contentIdBytes, isContentId, sha256 } from './content-id.ts';
export { CanonicalError, type CanonicalErrorCode } from './errors.ts';
export { isCanonical, type ParseLimits, parseCanonical, parseStrict } from './parse.ts';
export { fromUtf8, utf8 } from './utf8.ts';
export { isJsonObject, type JsonArray, type JsonObject, type JsonValue, pointerToken } from './value.ts';

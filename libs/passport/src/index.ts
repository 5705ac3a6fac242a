export { type Credential, issueCredential, readCredential } from './credential.ts';
export { PassportError, type PassportErrorCode } from './errors.ts';
export { itemLeafData } from './items.ts';
export { DPP_CONTEXT, type DppProjection, projectDpp } from './project-dpp.ts';

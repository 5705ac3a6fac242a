export {
  type AbiValue,
  type Decoded,
  decodeWords,
  encodeCall,
  encodeWord,
  encodeWords,
  selector,
} from './abi.ts';
export { addressOf, checksumAddress, keccak256, sameAddress } from './address.ts';
export { formatData, parseData } from './data.ts';
export { EvmError, type EvmErrorCode } from './errors.ts';
export type { Rpc, RpcAnswer, RpcRequest } from './rpc.ts';
export { signDigest } from './sign.ts';
export { recoverAddress } from './signature.ts';
export { formatTime, parseTime } from './time.ts';
export {
  domainSeparator,
  encodeField,
  encodeType,
  structHash,
  type TypedDataDomain,
  type TypedDataMessage,
  type TypedDataTypes,
  type TypedDataValue,
  type TypedField,
  typedDataDigest,
} from './typed-data.ts';

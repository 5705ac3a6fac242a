export {
  type Amount,
  CHAIN_FORMAT,
  DISTANCE_KINDS,
  type DistanceKind,
  type Emission,
  type Hub,
  type Leg,
  MODES,
  type Mode,
  readChain,
  type TransportChain,
} from './chain.ts';
export { compareRoutes, type RouteComparison } from './comparison.ts';
export {
  type ChainResult,
  type ChainWarning,
  computeChain,
  type ElementResult,
  type Emitted,
  type TransportWarning,
} from './emissions.ts';
export { TransportError, type TransportErrorCode } from './errors.ts';
export { emissionOf } from './factor-emission.ts';

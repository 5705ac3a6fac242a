export { hashAt, hashPairs, leafHashes, leafHashesOf32 } from './bulk.ts';
export { type Checkpoint, formatCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
export { type ConsistencyClaim, checkConsistency, consistencyPlan, proveConsistency } from './consistency.ts';
export {
  type Cosignature,
  type Cosigner,
  cosign,
  cosignerKey,
  keepSignatures,
  readCosignatures,
} from './cosignature.ts';
export { LogError, type LogErrorCode } from './errors.ts';
export {
  appendLeaf,
  type CompletedNode,
  decodeFrontier,
  emptyFrontier,
  encodeFrontier,
  type Frontier,
  frontierRoot,
} from './frontier.ts';
export { type Growth, growLog, type NodeRun } from './growth.ts';
export { EMPTY_ROOT, leafHash, nodeHash, treeHash } from './hash.ts';
export { checkInclusion, type InclusionClaim, inclusionPlan, proveInclusion } from './inclusion.ts';
export { type HashReader, type NodeRef, type ProofPlan, readerOf, rootPlan, runPlan } from './nodes.ts';
export {
  COSIGNATURE,
  ED25519,
  formatVerifierKey,
  type NoteSigner,
  noteKeyId,
  type OpenNote,
  openNote,
  parseVerifierKey,
  signNote,
  type VerifierKey,
} from './note.ts';
export { formatLogProof, type LogProof, parseLogProof } from './proof-file.ts';
export {
  decodeEntryTile,
  decodeTile,
  encodeEntryTile,
  encodeTile,
  newTiles,
  parseTilePath,
  type Tile,
  tileNodes,
  tilePath,
} from './tile.ts';
export { buildTree, buildTreeOf32, type Tree } from './tree.ts';
export {
  type AddCheckpoint,
  formatAddCheckpoint,
  formatTreeSize,
  judgeCheckpoint,
  type KnownHead,
  parseAddCheckpoint,
  parseTreeSize,
  TREE_SIZE_TYPE,
  type WitnessJudgement,
} from './witness.ts';

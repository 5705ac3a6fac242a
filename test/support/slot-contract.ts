// A contract small enough to be written by hand. Without input it returns its one storage slot; with a word other than
// 0 it stores the word and logs it as topic; with the word 0 it reverts.
//   CALLDATASIZE ISZERO PUSH1 read JUMPI · PUSH0 CALLDATALOAD DUP1 ISZERO PUSH1 revert JUMPI
//   DUP1 PUSH0 SSTORE PUSH0 PUSH0 LOG1 STOP
//   revert: JUMPDEST PUSH0 PUSH0 REVERT
//   read: JUMPDEST PUSH0 SLOAD PUSH0 MSTORE PUSH1 32 PUSH0 RETURN
const RUNTIME = '36156017575f358015601357805f555f5fa1005b5f5ffd5b5f545f5260205ff3';

/** Creation code: the 32 bytes of the contract are put into memory and returned. */
export const SLOT_CONTRACT = `0x7f${RUNTIME}5f5260205ff3`;

/** Returns the timestamp and the number of the block it is called in: TIMESTAMP and NUMBER, a word each. */
export const CLOCK_CONTRACT = '0x6a425f524360205260405ff35f52600b6015f3';

export function word(value: number): string {
  return `0x${value.toString(16).padStart(64, '0')}`;
}

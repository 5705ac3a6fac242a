// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title RFC 9162 section 2.1.4.2: verifying consistency between two tree heads
/// @notice Node hash: SHA-256(0x01 || left || right), by the precompile at address 2.
library MerkleConsistency {
    /// @notice The SHA-256 precompile ran out of gas, or this chain has none.
    error MerkleHashFailed();

    /// @notice Whether the tree of `size2` entries extends the tree of `size1` entries.
    /// @dev What the RFC leaves open: size 0 proves nothing and is refused; equal sizes need equal roots and an empty
    /// proof. `fn`, `sn`, `fr` and `sr` are the RFC's names. `fr` and `sr` stay the same hash until the first
    /// right-hand sibling, so till then one hash serves both.
    function isConsistent(
        uint64 size1,
        bytes32 root1,
        uint64 size2,
        bytes32 root2,
        bytes32[] calldata proof
    ) internal view returns (bool consistent) {
        if (size1 == 0 || size1 > size2) return false;
        if (size1 == size2) return proof.length == 0 && root1 == root2;
        if (proof.length == 0) return false; // step 1

        bool hashed = true;
        // Memory safety: writes the scratch word 0x00, and 65 bytes behind the free memory pointer that are not kept.
        assembly ("memory-safe") {
            // Step 3. The values are masked because Solidity does not promise clean high bits to assembly.
            let fn := sub(and(size1, 0xffffffffffffffff), 1)
            let sn := sub(and(size2, 0xffffffffffffffff), 1)

            // Step 4: climb from the last old leaf while it is a right child.
            for {} and(fn, 1) {} {
                fn := shr(1, fn)
                sn := shr(1, sn)
            }

            let cursor := proof.offset
            let end := add(cursor, shl(5, proof.length))

            // Steps 2 and 5. fn is now 0 exactly if size1 is a power of two: then the old root itself is the start,
            // else the first hash of the proof is.
            let fr := root1
            if fn {
                fr := calldataload(cursor)
                cursor := add(cursor, 0x20)
            }
            let sr := fr
            let apart := 0

            // The one buffer: prefix byte, left child, right child.
            let buffer := mload(0x40)
            let left := add(buffer, 1)
            let right := add(buffer, 33)
            mstore8(buffer, 1)

            // Step 6. Leaving the loop early leaves cursor short of end, which fails the test behind the loop.
            for {} lt(cursor, end) { cursor := add(cursor, 0x20) } {
                if iszero(sn) { break }

                switch or(and(fn, 1), eq(fn, sn))
                case 0 {
                    // The sibling is to the right and only in the new tree: sr = HASH(sr, c)
                    mstore(left, sr)
                    mstore(right, calldataload(cursor))
                    // Arguments are evaluated from the right, so returndatasize is that of this very call.
                    hashed := and(eq(returndatasize(), 0x20), and(hashed, staticcall(gas(), 2, buffer, 65, 0x00, 0x20)))
                    sr := mload(0x00)
                    apart := 1
                }
                default {
                    // The sibling is to the left and in both trees: fr = HASH(c, fr), sr = HASH(c, sr)
                    mstore(left, calldataload(cursor))
                    mstore(right, sr)
                    hashed := and(eq(returndatasize(), 0x20), and(hashed, staticcall(gas(), 2, buffer, 65, 0x00, 0x20)))
                    sr := mload(0x00)
                    switch apart
                    case 0 { fr := sr }
                    default {
                        mstore(right, fr)
                        hashed := and(
                            eq(returndatasize(), 0x20),
                            and(hashed, staticcall(gas(), 2, buffer, 65, 0x00, 0x20))
                        )
                        fr := mload(0x00)
                    }
                    // A last node that was no right child has moved up unhashed: climb to where it becomes one.
                    if fn {
                        for {} iszero(and(fn, 1)) {} {
                            fn := shr(1, fn)
                            sn := shr(1, sn)
                        }
                    }
                }
                fn := shr(1, fn)
                sn := shr(1, sn)
            }

            // Step 7, and the whole proof is used.
            consistent := and(and(eq(fr, root1), eq(sr, root2)), and(iszero(sn), eq(cursor, end)))
        }
        if (!hashed) revert MerkleHashFailed();
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title RFC 9162 section 2.1.3.2: verifying inclusion of a leaf
/// @notice Node hash: SHA-256(0x01 || left || right).
library MerkleInclusion {
    /// @notice The root that the proof leads to from a leaf hash at `index` in a tree of `size` entries.
    /// @dev `fn`, `sn` and `r` are the RFC's names. The caller compares the root.
    /// @return complete False if the index is outside the tree, or the proof is too short or too long for it.
    function rootOf(
        uint64 index,
        uint64 size,
        bytes32 leafHash,
        bytes32[] calldata proof
    ) internal pure returns (bool complete, bytes32 root) {
        if (index >= size) return (false, 0);
        uint64 fn = index;
        uint64 sn = size - 1;
        bytes32 r = leafHash;
        for (uint256 i = 0; i < proof.length; ++i) {
            if (sn == 0) return (false, 0);
            if (fn & 1 == 1 || fn == sn) {
                r = sha256(abi.encodePacked(bytes1(0x01), proof[i], r));
                // A last node that is no right child has moved up unhashed: climb to where it becomes one.
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = sha256(abi.encodePacked(bytes1(0x01), r, proof[i]));
            }
            fn >>= 1;
            sn >>= 1;
        }
        return (sn == 0, r);
    }
}

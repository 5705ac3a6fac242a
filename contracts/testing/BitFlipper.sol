// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CheckpointAnchor} from "../CheckpointAnchor.sol";
import {MerkleProbe} from "./MerkleProbe.sol";

/// @title For tests: asks the same question again with every single bit flipped
/// @dev Flipping on chain saves sending a million cases that differ by one bit.
contract BitFlipper {
    /// @notice How many claims were refused with one of the bits [from, until) of root 1, root 2 and the hashes of the
    /// proof, in this order, turned round. Reverts if the anchor does.
    function consistency(
        CheckpointAnchor anchor,
        MerkleProbe.ConsistencyCase memory c,
        uint256 from,
        uint256 until
    ) external view returns (uint256 refused) {
        for (uint256 bit = from; bit < until; ++bit) {
            _flip(c, bit);
            if (!anchor.verifyConsistency(c.size1, c.root1, c.size2, c.root2, c.proof)) ++refused;
            _flip(c, bit);
        }
    }

    /// @notice The same for the leaf hash and the hashes of an inclusion proof.
    function inclusion(
        CheckpointAnchor anchor,
        MerkleProbe.InclusionCase memory c,
        uint256 from,
        uint256 until
    ) external view returns (uint256 refused) {
        for (uint256 bit = from; bit < until; ++bit) {
            _flip(c, bit);
            if (!anchor.verifyInclusion(c.logId, c.size, c.index, c.leafHash, c.proof)) ++refused;
            _flip(c, bit);
        }
    }

    function _flip(MerkleProbe.ConsistencyCase memory c, uint256 bit) private pure {
        bytes32 mask = bytes32(1 << (bit & 0xff));
        uint256 word = bit >> 8;
        if (word == 0) c.root1 ^= mask;
        else if (word == 1) c.root2 ^= mask;
        else c.proof[word - 2] ^= mask;
    }

    function _flip(MerkleProbe.InclusionCase memory c, uint256 bit) private pure {
        bytes32 mask = bytes32(1 << (bit & 0xff));
        uint256 word = bit >> 8;
        if (word == 0) c.leafHash ^= mask;
        else c.proof[word - 1] ^= mask;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title For tests: the tree as RFC 9162 section 2.1 defines it, from the root down
/// @dev Recursive and slow: a second opinion, sharing no line with the verifiers that climb from the leaf up.
library ReferenceTree {
    function nodeHash(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }

    /// @notice MTH of the leaf hashes [from, until), at least one.
    function root(bytes32[] memory leaves, uint256 from, uint256 until) internal pure returns (bytes32) {
        if (until - from == 1) return leaves[from];
        uint256 k = split(until - from);
        return nodeHash(root(leaves, from, from + k), root(leaves, from + k, until));
    }

    /// @notice PATH(index, leaves), section 2.1.3.1.
    function path(bytes32[] memory leaves, uint256 index) internal pure returns (bytes32[] memory) {
        return _path(leaves, 0, leaves.length, index);
    }

    /// @notice PROOF(size1, leaves), section 2.1.4.1.
    function consistency(bytes32[] memory leaves, uint256 size1) internal pure returns (bytes32[] memory) {
        return _subproof(leaves, 0, leaves.length, size1, true);
    }

    /// @notice Largest power of two smaller than n.
    function split(uint256 n) internal pure returns (uint256 k) {
        k = 1;
        while (2 * k < n) k *= 2;
    }

    function _path(
        bytes32[] memory leaves,
        uint256 from,
        uint256 until,
        uint256 index
    ) private pure returns (bytes32[] memory) {
        if (until - from == 1) return new bytes32[](0);
        uint256 middle = from + split(until - from);
        return
            index < middle
                ? _append(_path(leaves, from, middle, index), root(leaves, middle, until))
                : _append(_path(leaves, middle, until, index), root(leaves, from, middle));
    }

    function _subproof(
        bytes32[] memory leaves,
        uint256 from,
        uint256 until,
        uint256 size1,
        bool whole
    ) private pure returns (bytes32[] memory) {
        if (size1 == until) {
            return whole ? new bytes32[](0) : _append(new bytes32[](0), root(leaves, from, until));
        }
        uint256 middle = from + split(until - from);
        return
            size1 <= middle
                ? _append(_subproof(leaves, from, middle, size1, whole), root(leaves, middle, until))
                : _append(_subproof(leaves, middle, until, size1, false), root(leaves, from, middle));
    }

    function _append(bytes32[] memory list, bytes32 last) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; ++i) longer[i] = list[i];
        longer[list.length] = last;
    }
}

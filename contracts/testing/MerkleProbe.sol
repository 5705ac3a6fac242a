// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CheckpointAnchor} from "../CheckpointAnchor.sol";
import {MerkleConsistency} from "../libraries/MerkleConsistency.sol";

/// @title For tests: many proofs in one call, and what a proof costs
contract MerkleProbe {
    struct ConsistencyCase {
        uint64 size1;
        bytes32 root1;
        uint64 size2;
        bytes32 root2;
        bytes32[] proof;
    }

    struct InclusionCase {
        bytes32 logId;
        uint64 size;
        uint64 index;
        bytes32 leafHash;
        bytes32[] proof;
    }

    /// @notice One answer per case: 0 refused, 1 accepted, 2 reverted.
    function consistency(
        CheckpointAnchor anchor,
        ConsistencyCase[] calldata cases
    ) external view returns (uint8[] memory answers) {
        answers = new uint8[](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            ConsistencyCase calldata c = cases[i];
            try anchor.verifyConsistency(c.size1, c.root1, c.size2, c.root2, c.proof) returns (bool accepted) {
                answers[i] = accepted ? 1 : 0;
            } catch {
                answers[i] = 2;
            }
        }
    }

    /// @notice One answer per case: 0 refused, 1 accepted, 2 reverted.
    function inclusion(
        CheckpointAnchor anchor,
        InclusionCase[] calldata cases
    ) external view returns (uint8[] memory answers) {
        answers = new uint8[](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            InclusionCase calldata c = cases[i];
            try anchor.verifyInclusion(c.logId, c.size, c.index, c.leafHash, c.proof) returns (bool accepted) {
                answers[i] = accepted ? 1 : 0;
            } catch {
                answers[i] = 2;
            }
        }
    }

    /// @notice Execution gas of one consistency check, without calldata and transaction.
    function consistencyGas(ConsistencyCase calldata c) external view returns (bool accepted, uint256 gasUsed) {
        uint256 before = gasleft();
        accepted = MerkleConsistency.isConsistent(c.size1, c.root1, c.size2, c.root2, c.proof);
        gasUsed = before - gasleft();
    }
}

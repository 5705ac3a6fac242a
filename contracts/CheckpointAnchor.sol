// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICheckpointAnchor} from "./interfaces/ICheckpointAnchor.sol";
import {MerkleConsistency} from "./libraries/MerkleConsistency.sol";
import {MerkleInclusion} from "./libraries/MerkleInclusion.sol";

/// @title CheckpointAnchor
/// @notice See {ICheckpointAnchor}.
contract CheckpointAnchor is ICheckpointAnchor {
    struct Log {
        // Slot 0 is all that anchoring needs beside the root: who may, from which size, how many heads.
        address owner;
        uint64 size;
        uint32 count;
        // Slot 1
        bytes32 root;
        // Slot 2
        address pendingOwner;
        uint32 maxDelay;
        uint64 openedAt;
        bytes32 originHash;
        bytes32 predecessor;
        bytes32 successor;
    }

    /// One slot a head. Size and root are the key: whoever asks about a head has computed them from a proof, and
    /// storing them again would double what a head costs. 40 bits of seconds last to the year 36812.
    struct Head {
        uint32 sequence;
        uint40 time;
        uint40 previousTime;
        uint64 previousSize;
        uint64 blockNumber;
    }

    mapping(bytes32 logId => Log) private _logs;
    mapping(bytes32 logId => mapping(uint64 size => mapping(bytes32 root => Head))) private _heads;

    /// @inheritdoc ICheckpointAnchor
    function openLog(
        bytes32 originHash,
        uint32 maxDelay,
        bytes32 predecessor,
        uint64 firstSize,
        bytes32 firstRoot,
        bytes32[] calldata proof
    ) external returns (bytes32 logId) {
        if (maxDelay == 0) revert AnchorDelayZero();
        logId = logIdOf(msg.sender, originHash);
        Log storage opened = _logs[logId];
        if (opened.openedAt != 0) revert AnchorLogExists();

        opened.owner = msg.sender;
        opened.maxDelay = maxDelay;
        opened.openedAt = uint64(block.timestamp);
        opened.originHash = originHash;
        opened.predecessor = predecessor;
        emit LogOpened(logId, msg.sender, predecessor, originHash, maxDelay);

        if (predecessor != 0) {
            (uint64 lastSize, uint40 lastTime) = _succeed(predecessor, logId, firstSize, firstRoot, proof);
            _record(logId, opened, firstSize, firstRoot, lastSize, lastTime);
        } else if (firstSize != 0) {
            if (proof.length != 0) revert AnchorFirstHeadProven();
            _record(logId, opened, firstSize, firstRoot, 0, 0);
        } else if (firstRoot != 0 || proof.length != 0) {
            revert AnchorFirstHeadEmpty();
        }
    }

    /// @inheritdoc ICheckpointAnchor
    function anchor(bytes32 logId, uint64 newSize, bytes32 newRoot, bytes32[] calldata proof) external {
        Log storage grown = _logs[logId];
        if (msg.sender != grown.owner) revert AnchorCallerNotOwner();
        uint64 oldSize = grown.size;
        if (newSize <= oldSize) revert AnchorSizeNotGrown(oldSize, newSize);

        uint40 oldTime = 0;
        if (oldSize == 0) {
            if (proof.length != 0) revert AnchorFirstHeadProven();
        } else {
            bytes32 oldRoot = grown.root;
            if (!MerkleConsistency.isConsistent(oldSize, oldRoot, newSize, newRoot, proof)) {
                revert AnchorProofInvalid();
            }
            oldTime = _heads[logId][oldSize][oldRoot].time;
        }
        _record(logId, grown, newSize, newRoot, oldSize, oldTime);
    }

    /// @inheritdoc ICheckpointAnchor
    function offerLog(bytes32 logId, address to) external {
        Log storage offered = _logs[logId];
        if (msg.sender != offered.owner) revert AnchorCallerNotOwner();
        offered.pendingOwner = to;
        emit LogOffered(logId, msg.sender, to);
    }

    /// @inheritdoc ICheckpointAnchor
    function acceptLog(bytes32 logId) external {
        Log storage accepted = _logs[logId];
        if (msg.sender != accepted.pendingOwner) revert AnchorCallerNotOffered();
        address from = accepted.owner;
        accepted.owner = msg.sender;
        accepted.pendingOwner = address(0);
        emit LogHandedOver(logId, from, msg.sender);
    }

    /// @inheritdoc ICheckpointAnchor
    function log(
        bytes32 logId
    )
        external
        view
        returns (
            address owner,
            address pendingOwner,
            uint32 maxDelay,
            bytes32 originHash,
            bytes32 predecessor,
            bytes32 successor,
            uint64 openedAt,
            uint64 count
        )
    {
        Log storage l = _logs[logId];
        return (
            l.owner,
            l.pendingOwner,
            l.maxDelay,
            l.originHash,
            l.predecessor,
            l.successor,
            l.openedAt,
            l.count
        );
    }

    /// @inheritdoc ICheckpointAnchor
    function logOwner(bytes32 logId) external view returns (address owner) {
        return _logs[logId].owner;
    }

    /// @inheritdoc ICheckpointAnchor
    function latest(
        bytes32 logId
    ) external view returns (uint64 sequence, uint64 size, bytes32 root, uint64 time, uint64 blockNumber) {
        Log storage l = _logs[logId];
        (sequence, size, root) = (l.count, l.size, l.root);
        Head storage head = _heads[logId][size][root];
        (time, blockNumber) = (head.time, head.blockNumber);
    }

    /// @inheritdoc ICheckpointAnchor
    function headBySize(
        bytes32 logId,
        uint64 size,
        bytes32 root
    )
        external
        view
        returns (uint64 sequence, uint64 time, uint64 blockNumber, uint64 previousSize, uint64 previousTime)
    {
        Head storage head = _heads[logId][size][root];
        return (head.sequence, head.time, head.blockNumber, head.previousSize, head.previousTime);
    }

    /// @inheritdoc ICheckpointAnchor
    function verifyInclusion(
        bytes32 logId,
        uint64 size,
        uint64 index,
        bytes32 leafHash,
        bytes32[] calldata proof
    ) external view returns (bool included) {
        (bool complete, bytes32 root) = MerkleInclusion.rootOf(index, size, leafHash, proof);
        return complete && _heads[logId][size][root].sequence != 0;
    }

    /// @inheritdoc ICheckpointAnchor
    function verifyConsistency(
        uint64 size1,
        bytes32 root1,
        uint64 size2,
        bytes32 root2,
        bytes32[] calldata proof
    ) external view returns (bool consistent) {
        return MerkleConsistency.isConsistent(size1, root1, size2, root2, proof);
    }

    /// @inheritdoc ICheckpointAnchor
    function logIdOf(address opener, bytes32 originHash) public view returns (bytes32 logId) {
        return keccak256(abi.encode(block.chainid, address(this), opener, originHash));
    }

    /// Ends the predecessor in favour of its one successor, whose first head must extend the predecessor's last.
    function _succeed(
        bytes32 predecessor,
        bytes32 successor,
        uint64 firstSize,
        bytes32 firstRoot,
        bytes32[] calldata proof
    ) private returns (uint64 lastSize, uint40 lastTime) {
        Log storage ended = _logs[predecessor];
        if (ended.successor != 0) revert AnchorPredecessorSucceeded(ended.successor);
        if (msg.sender != ended.owner) revert AnchorPredecessorNotOwned();
        lastSize = ended.size;
        bytes32 lastRoot = ended.root;
        if (lastSize == 0) revert AnchorPredecessorEmpty();
        if (firstSize == 0) revert AnchorFirstHeadEmpty();
        if (!MerkleConsistency.isConsistent(lastSize, lastRoot, firstSize, firstRoot, proof)) {
            revert AnchorProofInvalid();
        }
        lastTime = _heads[predecessor][lastSize][lastRoot].time;
        // Without an owner nobody can anchor or hand over: two logs can never grow from one head.
        ended.owner = address(0);
        ended.pendingOwner = address(0);
        ended.successor = successor;
    }

    function _record(
        bytes32 logId,
        Log storage grown,
        uint64 size,
        bytes32 root,
        uint64 previousSize,
        uint40 previousTime
    ) private {
        uint32 sequence = grown.count + 1;
        grown.size = size;
        grown.count = sequence;
        grown.root = root;
        _heads[logId][size][root] = Head({
            sequence: sequence,
            time: uint40(block.timestamp),
            previousTime: previousTime,
            previousSize: previousSize,
            blockNumber: uint64(block.number)
        });
        emit HeadAnchored(logId, sequence, size, root);
    }
}

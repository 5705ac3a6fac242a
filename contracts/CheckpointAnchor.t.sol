// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CheckpointAnchor} from "./CheckpointAnchor.sol";
import {ICheckpointAnchor} from "./interfaces/ICheckpointAnchor.sol";
import {ReferenceTree} from "./testing/ReferenceTree.sol";
import {vm} from "./testing/Vm.sol";

/// Proofs against the reference tree and against the RFC's steps written out plainly; call sequences against what must
/// always hold.
contract CheckpointAnchorTest {
    uint256 private constant LARGEST = 48;
    uint32 private constant DELAY = 3600;

    CheckpointAnchor private anchor;

    function setUp() public {
        anchor = new CheckpointAnchor();
        vm.warp(1_800_000_000);
    }

    function testFuzz_consistency_acceptsExactlyTheProofOfTheseTrees(
        bytes32 seed,
        uint256 size2,
        uint256 size1,
        uint256 damage
    ) public view {
        size2 = 1 + (size2 % LARGEST);
        size1 = 1 + (size1 % size2);
        bytes32[] memory leaves = _leaves(seed, size2);
        bytes32 root1 = ReferenceTree.root(leaves, 0, size1);
        bytes32 root2 = ReferenceTree.root(leaves, 0, size2);
        bytes32[] memory proof = ReferenceTree.consistency(leaves, size1);
        assert(anchor.verifyConsistency(uint64(size1), root1, uint64(size2), root2, proof));
        assert(!anchor.verifyConsistency(uint64(size1), _flip(root1, damage), uint64(size2), root2, proof));
        assert(!anchor.verifyConsistency(uint64(size1), root1, uint64(size2), _flip(root2, damage), proof));
        assert(!anchor.verifyConsistency(0, root1, uint64(size2), root2, proof));
        if (proof.length == 0) return;
        uint256 place = (damage >> 8) % proof.length;
        proof[place] = _flip(proof[place], damage);
        assert(!anchor.verifyConsistency(uint64(size1), root1, uint64(size2), root2, proof));
    }

    function testFuzz_inclusion_acceptsExactlyThePathOfThisLeaf(
        bytes32 seed,
        uint256 size,
        uint256 index,
        uint256 damage
    ) public {
        size = 1 + (size % LARGEST);
        index %= size;
        bytes32[] memory leaves = _leaves(seed, size);
        bytes32 logId = anchor.openLog(seed, DELAY, 0, uint64(size), ReferenceTree.root(leaves, 0, size), _none());
        bytes32[] memory proof = ReferenceTree.path(leaves, index);
        assert(anchor.verifyInclusion(logId, uint64(size), uint64(index), leaves[index], proof));
        assert(!anchor.verifyInclusion(logId, uint64(size), uint64(index), _flip(leaves[index], damage), proof));
        assert(!anchor.verifyInclusion(logId, uint64(size), uint64(index + size), leaves[index], proof));
        if (proof.length == 0) return;
        uint256 place = (damage >> 8) % proof.length;
        proof[place] = _flip(proof[place], damage);
        assert(!anchor.verifyInclusion(logId, uint64(size), uint64(index), leaves[index], proof));
    }

    /// Any sizes, any hashes: the assembly says what the RFC's steps say, and never reverts.
    function testFuzz_consistency_equalsThePlainSteps(
        uint64 size1,
        uint64 size2,
        bytes32 root1,
        bytes32 seed,
        uint8 length
    ) public view {
        bytes32[] memory proof = _leaves(seed, length % 70);
        (bool complete, bytes32 fr, bytes32 sr) = _plain(size1, root1, size2, proof);
        assert(anchor.verifyConsistency(size1, root1, size2, sr, proof) == (complete && fr == root1));
        // With the roots that the steps arrive at, exactly the complete proofs are good ones.
        bool startsFromRoot = size1 != 0 && size1 & (size1 - 1) == 0;
        if (!startsFromRoot) assert(anchor.verifyConsistency(size1, fr, size2, sr, proof) == complete);
    }

    /// Proofs of the right length between any sizes are found by the fuzzer too seldom: make them.
    function testFuzz_consistency_acceptsWhatThePlainStepsComplete(
        uint64 size1,
        uint64 size2,
        bytes32 root1,
        bytes32 seed
    ) public view {
        vm.assume(size1 != 0 && size1 < size2);
        for (uint256 length = 1; length < 66; ++length) {
            bytes32[] memory proof = _leaves(seed, length);
            (bool complete, bytes32 fr, bytes32 sr) = _plain(size1, root1, size2, proof);
            if (!complete) continue;
            if (size1 & (size1 - 1) == 0) fr = root1;
            assert(anchor.verifyConsistency(size1, fr, size2, sr, proof));
            assert(!anchor.verifyConsistency(size1, fr, size2, fr, proof));
            return;
        }
        assert(false);
    }

    function testFuzz_anchor_refusesEveryoneButTheOwner(address caller, uint64 size, bytes32 root) public {
        vm.assume(caller != address(this));
        bytes32 logId = anchor.openLog("origin", DELAY, 0, 0, 0, _none());
        vm.prank(caller);
        try anchor.anchor(logId, size, root, _none()) {
            assert(false);
        } catch (bytes memory reason) {
            assert(bytes4(reason) == ICheckpointAnchor.AnchorCallerNotOwner.selector);
        }
    }

    function testFuzz_anchor_refusesSizesThatDoNotGrow(uint64 size, uint64 next, bytes32 root) public {
        size = size == 0 ? 1 : size;
        bytes32 logId = anchor.openLog("origin", DELAY, 0, size, root, _none());
        if (next > size) next = size;
        try anchor.anchor(logId, next, root, _none()) {
            assert(false);
        } catch (bytes memory reason) {
            assert(bytes4(reason) == ICheckpointAnchor.AnchorSizeNotGrown.selector);
        }
    }

    /// What one log and its predecessors should hold by now.
    struct Line {
        bytes32 logId;
        bytes32[] leaves;
        uint64 size;
        uint64[] sizes; // of the present log's heads
        uint256 heads;
    }

    /// Random sizes, forks and successors. Whatever was called: every head of a log is a prefix of its latest one, sizes
    /// and sequence grow along the chain of previous heads, and a succeeded log has no owner.
    function testFuzz_sequences_keepEveryLogOneLine(uint256 seed) public {
        Line memory line;
        line.sizes = new uint64[](64);
        line.logId = anchor.openLog("first", DELAY, 0, 0, 0, _none());
        bytes32[][2] memory trees = [_leaves(bytes32(seed), LARGEST), _leaves(~bytes32(seed), LARGEST)];
        for (uint256 step = 0; step < 24; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(1_800_000_000 + step);
            bytes32[] memory leaves = trees[seed & 0x300 == 0 ? 1 : 0];
            uint64 next = uint64((line.size + (seed % 7)) % (LARGEST + 1));
            if (next == 0) continue;
            if (line.size == 0) line.leaves = leaves;
            bool grows = leaves[0] == line.leaves[0] && next > line.size;
            bool carries = leaves[0] == line.leaves[0] && next >= line.size && line.size != 0;
            if (seed & 0xf000 == 0) assert(_succeed(line, leaves, next, bytes32(seed)) == carries);
            else assert(_anchor(line, leaves, next) == grows);
        }
        _assertOneLine(line);
    }

    function _anchor(Line memory line, bytes32[] memory leaves, uint64 next) private returns (bool done) {
        bytes32[] memory proof = _proof(line, leaves, next);
        try anchor.anchor(line.logId, next, ReferenceTree.root(leaves, 0, next), proof) {
            line.size = next;
            line.sizes[line.heads++] = next;
            done = true;
        } catch {}
    }

    function _succeed(
        Line memory line,
        bytes32[] memory leaves,
        uint64 next,
        bytes32 origin
    ) private returns (bool done) {
        bytes32[] memory proof = _proof(line, leaves, next);
        bytes32 root = ReferenceTree.root(leaves, 0, next);
        try anchor.openLog(origin, DELAY, line.logId, next, root, proof) returns (bytes32 opened) {
            (address owner, , , , , bytes32 successor, , ) = anchor.log(line.logId);
            assert(owner == address(0) && successor == opened);
            (, , , uint64 previousSize, ) = anchor.headBySize(opened, next, root);
            assert(previousSize == line.size);
            line.logId = opened;
            line.size = next;
            line.heads = 0;
            line.sizes[line.heads++] = next;
            done = true;
        } catch {}
    }

    function _proof(
        Line memory line,
        bytes32[] memory leaves,
        uint64 next
    ) private pure returns (bytes32[] memory proof) {
        return line.size == 0 || line.size > next ? _none() : ReferenceTree.consistency(_first(leaves, next), line.size);
    }

    function _assertOneLine(Line memory line) private view {
        (uint64 count, uint64 size, bytes32 root, , ) = anchor.latest(line.logId);
        assert(count == line.heads && size == line.size);
        for (uint256 h = line.heads; h > 0; --h) {
            assert(size == line.sizes[h - 1]);
            root = ReferenceTree.root(line.leaves, 0, size);
            (uint64 found, uint64 time, , uint64 previousSize, uint64 previousTime) = anchor.headBySize(
                line.logId,
                size,
                root
            );
            assert(found == h && previousSize <= size && previousTime <= time);
            size = previousSize;
        }
    }

    /// RFC 9162 section 2.1.4.2, step by step, with the size rules in front.
    function _plain(
        uint64 size1,
        bytes32 root1,
        uint64 size2,
        bytes32[] memory proof
    ) private pure returns (bool complete, bytes32 fr, bytes32 sr) {
        if (size1 == 0 || size1 > size2) return (false, 0, 0);
        if (size1 == size2) return (proof.length == 0, root1, root1);
        if (proof.length == 0) return (false, 0, 0);
        uint64 fn = size1 - 1;
        uint64 sn = size2 - 1;
        while (fn & 1 == 1) (fn, sn) = (fn >> 1, sn >> 1);
        uint256 i = 0;
        fr = size1 & (size1 - 1) == 0 ? root1 : proof[i++];
        sr = fr;
        for (; i < proof.length; ++i) {
            if (sn == 0) return (false, fr, sr);
            if (fn & 1 == 1 || fn == sn) {
                fr = ReferenceTree.nodeHash(proof[i], fr);
                sr = ReferenceTree.nodeHash(proof[i], sr);
                while (fn & 1 == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                sr = ReferenceTree.nodeHash(sr, proof[i]);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        complete = sn == 0;
    }

    function _leaves(bytes32 seed, uint256 count) private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) leaves[i] = keccak256(abi.encode(seed, i));
    }

    function _first(bytes32[] memory leaves, uint256 count) private pure returns (bytes32[] memory first) {
        first = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) first[i] = leaves[i];
    }

    function _flip(bytes32 word, uint256 bit) private pure returns (bytes32) {
        return word ^ bytes32(uint256(1) << (bit & 0xff));
    }

    function _none() private pure returns (bytes32[] memory) {
        return new bytes32[](0);
    }
}

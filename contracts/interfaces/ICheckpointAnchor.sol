// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Heads of append-only logs, taken only with proof that the new log extends the old
/// @notice Nobody can change, pause or replace this contract. A log belongs to the account that opened it or was
/// handed it; that account can only append. Trees, sizes, roots and proofs are those of RFC 9162 section 2.1 with
/// SHA-256. Times are seconds since 1970 of the block that took the head.
interface ICheckpointAnchor {
    /// @notice A log was opened. `predecessor` is zero if it names none; then nothing is provable before its first head.
    event LogOpened(
        bytes32 indexed logId,
        address indexed owner,
        bytes32 indexed predecessor,
        bytes32 originHash,
        uint32 maxDelay
    );

    /// @notice A head was taken: the log now provably extends all heads before it.
    event HeadAnchored(bytes32 indexed logId, uint64 indexed sequence, uint64 size, bytes32 root);

    /// @notice The owner offered the log to another account, or withdrew the offer (`to` is zero).
    event LogOffered(bytes32 indexed logId, address indexed owner, address indexed to);

    /// @notice The offered account took the log over.
    event LogHandedOver(bytes32 indexed logId, address indexed from, address indexed to);

    /// @notice Only the log's owner may do this. Also raised for a log that does not exist or was succeeded.
    error AnchorCallerNotOwner();
    /// @notice Only the account that the log was offered to may accept it.
    error AnchorCallerNotOffered();
    /// @notice This account has already opened a log of this origin.
    error AnchorLogExists();
    /// @notice A log without a maximum delay promises nothing.
    error AnchorDelayZero();
    /// @notice A head must be larger than the one before it, also when the root is the same.
    error AnchorSizeNotGrown(uint64 stored, uint64 offered);
    /// @notice The proof does not show that the offered tree extends the stored one.
    error AnchorProofInvalid();
    /// @notice Nothing comes before a first head, so a proof for it has no meaning.
    error AnchorFirstHeadProven();
    /// @notice A root without entries, or a first head missing where a predecessor is named.
    error AnchorFirstHeadEmpty();
    /// @notice Only the predecessor's owner may open its successor.
    error AnchorPredecessorNotOwned();
    /// @notice The predecessor already has a successor.
    error AnchorPredecessorSucceeded(bytes32 successor);
    /// @notice The predecessor never had a head, so nothing can be proven to continue it.
    error AnchorPredecessorEmpty();

    /// @notice Opens a log of the caller. Its id is derived, never chosen:
    /// `keccak256(abi.encode(block.chainid, address(this), msg.sender, originHash))`.
    /// @dev A log that names a predecessor must begin with a head that extends the predecessor's latest one. The
    /// predecessor then has no owner any more and takes no further head.
    /// @param originHash SHA-256 of the log's origin line.
    /// @param maxDelay Seconds within which the owner promises to anchor an entry; fixed for ever.
    /// @param predecessor Log continued by this one, or zero.
    /// @param firstSize Size of the first head; zero opens without a head, which only a log without predecessor may do.
    /// @param firstRoot Root of the first head; zero if there is none.
    /// @param proof Consistency proof from the predecessor's latest head; empty without predecessor.
    function openLog(
        bytes32 originHash,
        uint32 maxDelay,
        bytes32 predecessor,
        uint64 firstSize,
        bytes32 firstRoot,
        bytes32[] calldata proof
    ) external returns (bytes32 logId);

    /// @notice Takes the next head of a log; owner only.
    /// @param proof RFC 9162 section 2.1.4 consistency proof from the latest head; empty for the first head.
    function anchor(bytes32 logId, uint64 newSize, bytes32 newRoot, bytes32[] calldata proof) external;

    /// @notice Offers the log to another account, which becomes owner when it accepts; zero withdraws the offer.
    function offerLog(bytes32 logId, address to) external;

    /// @notice Accepts a log that was offered to the caller.
    function acceptLog(bytes32 logId) external;

    /// @notice The facts of a log; all zero if it does not exist.
    /// @dev `owner` may anchor and is zero once a successor was opened; `count` is the number of heads taken.
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
        );

    /// @notice Who may anchor; zero for a log that does not exist or was succeeded.
    function logOwner(bytes32 logId) external view returns (address owner);

    /// @notice The id that a log of this opener and origin has on this chain and contract.
    function logIdOf(address opener, bytes32 originHash) external view returns (bytes32 logId);

    /// @notice The newest head; all zero before the first.
    function latest(
        bytes32 logId
    ) external view returns (uint64 sequence, uint64 size, bytes32 root, uint64 time, uint64 blockNumber);

    /// @notice When a head was taken, for the size and root that the reader computed from a proof.
    /// @dev Heads form a chain through `previousSize`. An entry is covered first by this head exactly if
    /// `previousSize <= index < size`: then it was recorded at `time` at the latest, and the head at `previousTime`
    /// did not hold it. In a log that names a predecessor, the first head's previous one is the predecessor's last.
    /// @return sequence Position of the head, counted from 1; zero if the log never had this head.
    /// @return time When the head was taken.
    /// @return blockNumber Block that took the head.
    /// @return previousSize Size of the head before; zero if there is none.
    /// @return previousTime Time of the head before; zero if there is none.
    function headBySize(
        bytes32 logId,
        uint64 size,
        bytes32 root
    )
        external
        view
        returns (uint64 sequence, uint64 time, uint64 blockNumber, uint64 previousSize, uint64 previousTime);

    /// @notice Whether a leaf hash stands at this index of the tree that the log's head of this size holds.
    /// @return included False also if the log never had a head of this size.
    function verifyInclusion(
        bytes32 logId,
        uint64 size,
        uint64 index,
        bytes32 leafHash,
        bytes32[] calldata proof
    ) external view returns (bool included);

    /// @notice Whether the tree (size2, root2) extends the tree (size1, root1). Size 0 proves nothing and is false.
    function verifyConsistency(
        uint64 size1,
        bytes32 root1,
        uint64 size2,
        bytes32 root2,
        bytes32[] calldata proof
    ) external view returns (bool consistent);
}

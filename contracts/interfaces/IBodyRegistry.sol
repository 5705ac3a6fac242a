// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Verification bodies, registered and withdrawn by whoever vouches for them
/// @notice Anyone may be a registrar: each account writes only in its own namespace, and readers choose whom they
/// believe. Registrations are intervals that are only ever appended or cut short. All periods are half-open
/// `[from, until)`, in seconds since 1970.
interface IBodyRegistry {
    /// @notice A registrar registered a body for an interval.
    event BodyRegistered(
        address indexed registrar,
        address indexed body,
        uint256 index,
        uint64 validFrom,
        uint64 validUntil,
        bytes32 scope,
        bytes32 snapshot
    );

    /// @notice A registrar withdrew a registration, or moved its end to an earlier time.
    event RegistrationWithdrawn(
        address indexed registrar,
        address indexed body,
        uint256 index,
        uint8 reason,
        bytes32 detail,
        uint64 effectiveFrom
    );

    /// @notice A body revoked its opinion, for ever.
    event OpinionRevoked(address indexed body, bytes32 indexed opinionId, uint8 reason, bytes32 detail);

    /// @notice The zero address is nobody.
    error BodyMissing();
    /// @notice Nobody vouches for itself.
    error BodyIsRegistrar();
    /// @notice The period is empty or runs backwards.
    error BodyPeriodEmpty();
    /// @notice A registrar may register a body this many times and no more.
    error BodyRegistrationsFull(uint256 limit);
    /// @notice The caller made no registration of this body under this index.
    error BodyRegistrationUnknown();
    /// @notice A withdrawal needs a reason other than zero.
    error BodyReasonMissing();
    /// @notice The effective time is zero, or not before the interval's end.
    error BodyWithdrawalWithoutEffect();
    /// @notice A withdrawal can only be moved to an earlier time, never taken back.
    error BodyWithdrawalNotEarlier(uint64 withdrawnFrom);
    /// @notice The opinion's id does not begin with the caller's address.
    error BodyOpinionForeign();
    /// @notice The opinion is revoked already; that is final.
    error BodyOpinionAlreadyRevoked();

    /// @notice Registers a body in the caller's namespace.
    /// @param scope Hash of the accreditation scope.
    /// @param snapshot 32 bytes of the content id of the registration document.
    /// @return index Position of the interval under (caller, body), counted from 0.
    function registerBody(
        address body,
        uint64 validFrom,
        uint64 validUntil,
        bytes32 scope,
        bytes32 snapshot
    ) external returns (uint256 index);

    /// @notice Withdraws one of the caller's own registrations from a time on, which may lie in the past or future.
    /// @param reason Code, not zero; `docs/formats/contracts.md` lists them.
    /// @param detail 32 bytes of the content id of the statement that gives the reason, or zero.
    /// @param effectiveFrom First second at which the registration does not hold.
    function withdrawRegistration(
        address body,
        uint256 index,
        uint8 reason,
        bytes32 detail,
        uint64 effectiveFrom
    ) external;

    /// @notice Revokes an opinion of the caller, whether or not anything was minted on it.
    function revokeOpinion(bytes32 opinionId, uint8 reason, bytes32 detail) external;

    /// @notice One registration; all zero if there is none.
    /// @dev `registeredAt` is the time of the block that registered it: no reader could rely on it before.
    /// `withdrawnFrom` is the first second at which it does not hold any more, zero if never withdrawn; `withdrawnAt` and
    /// `reason` are those of the last withdrawal.
    function registration(
        address registrar,
        address body,
        uint256 index
    )
        external
        view
        returns (
            uint64 validFrom,
            uint64 validUntil,
            bytes32 scope,
            bytes32 snapshot,
            uint64 registeredAt,
            uint64 withdrawnFrom,
            uint64 withdrawnAt,
            uint8 reason
        );

    /// @notice How many registrations of this body the registrar has made.
    function registrationCount(address registrar, address body) external view returns (uint256 count);

    /// @notice The newest registration that holds at a time.
    function findRegistration(
        address registrar,
        address body,
        uint64 time
    ) external view returns (bool found, uint256 index);

    /// @notice When and why a body revoked an opinion; time zero if it did not.
    function opinionRevocation(
        address body,
        bytes32 opinionId
    ) external view returns (uint64 time, uint8 reason, bytes32 detail);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBodyRegistry} from "./interfaces/IBodyRegistry.sol";
import {OpinionId} from "./libraries/OpinionId.sol";

/// @title BodyRegistry
/// @notice See {IBodyRegistry}.
contract BodyRegistry is IBodyRegistry {
    struct Registration {
        // Slot 0 is all that a search needs.
        uint64 validFrom;
        uint64 validUntil;
        uint64 withdrawnFrom;
        uint64 registeredAt;
        bytes32 scope;
        bytes32 snapshot;
        uint64 withdrawnAt;
        uint8 reason;
    }

    struct Revocation {
        uint64 time;
        uint8 reason;
        bytes32 detail;
    }

    /// A mint searches the intervals of one body; the limit bounds what a registrar can make that cost.
    uint256 private constant MAX_REGISTRATIONS = 64;

    mapping(address registrar => mapping(address body => Registration[])) private _registrations;
    mapping(bytes32 opinionId => Revocation) private _revocations;

    /// @inheritdoc IBodyRegistry
    function registerBody(
        address body,
        uint64 validFrom,
        uint64 validUntil,
        bytes32 scope,
        bytes32 snapshot
    ) external returns (uint256 index) {
        if (body == address(0)) revert BodyMissing();
        if (body == msg.sender) revert BodyIsRegistrar();
        if (validFrom >= validUntil) revert BodyPeriodEmpty();
        Registration[] storage intervals = _registrations[msg.sender][body];
        index = intervals.length;
        if (index == MAX_REGISTRATIONS) revert BodyRegistrationsFull(MAX_REGISTRATIONS);
        intervals.push(
            Registration({
                validFrom: validFrom,
                validUntil: validUntil,
                withdrawnFrom: 0,
                registeredAt: uint64(block.timestamp),
                scope: scope,
                snapshot: snapshot,
                withdrawnAt: 0,
                reason: 0
            })
        );
        emit BodyRegistered(msg.sender, body, index, validFrom, validUntil, scope, snapshot);
    }

    /// @inheritdoc IBodyRegistry
    function withdrawRegistration(
        address body,
        uint256 index,
        uint8 reason,
        bytes32 detail,
        uint64 effectiveFrom
    ) external {
        Registration[] storage intervals = _registrations[msg.sender][body];
        if (index >= intervals.length) revert BodyRegistrationUnknown();
        if (reason == 0) revert BodyReasonMissing();
        Registration storage interval = intervals[index];
        if (effectiveFrom == 0 || effectiveFrom >= interval.validUntil) revert BodyWithdrawalWithoutEffect();
        uint64 withdrawnFrom = interval.withdrawnFrom;
        if (withdrawnFrom != 0 && effectiveFrom >= withdrawnFrom) revert BodyWithdrawalNotEarlier(withdrawnFrom);
        interval.withdrawnFrom = effectiveFrom;
        interval.withdrawnAt = uint64(block.timestamp);
        interval.reason = reason;
        emit RegistrationWithdrawn(msg.sender, body, index, reason, detail, effectiveFrom);
    }

    /// @inheritdoc IBodyRegistry
    function revokeOpinion(bytes32 opinionId, uint8 reason, bytes32 detail) external {
        if (OpinionId.bodyOf(opinionId) != msg.sender) revert BodyOpinionForeign();
        if (reason == 0) revert BodyReasonMissing();
        if (_revocations[opinionId].time != 0) revert BodyOpinionAlreadyRevoked();
        _revocations[opinionId] = Revocation({time: uint64(block.timestamp), reason: reason, detail: detail});
        emit OpinionRevoked(msg.sender, opinionId, reason, detail);
    }

    /// @inheritdoc IBodyRegistry
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
        )
    {
        Registration[] storage intervals = _registrations[registrar][body];
        if (index >= intervals.length) return (0, 0, 0, 0, 0, 0, 0, 0);
        Registration storage r = intervals[index];
        return (
            r.validFrom,
            r.validUntil,
            r.scope,
            r.snapshot,
            r.registeredAt,
            r.withdrawnFrom,
            r.withdrawnAt,
            r.reason
        );
    }

    /// @inheritdoc IBodyRegistry
    function registrationCount(address registrar, address body) external view returns (uint256 count) {
        return _registrations[registrar][body].length;
    }

    /// @inheritdoc IBodyRegistry
    function findRegistration(
        address registrar,
        address body,
        uint64 time
    ) external view returns (bool found, uint256 index) {
        Registration[] storage intervals = _registrations[registrar][body];
        for (uint256 next = intervals.length; next > 0; --next) {
            Registration storage r = intervals[next - 1];
            bool withdrawn = r.withdrawnFrom != 0 && time >= r.withdrawnFrom;
            if (time >= r.validFrom && time < r.validUntil && !withdrawn) return (true, next - 1);
        }
        return (false, 0);
    }

    /// @inheritdoc IBodyRegistry
    function opinionRevocation(
        address body,
        bytes32 opinionId
    ) external view returns (uint64 time, uint8 reason, bytes32 detail) {
        if (OpinionId.bodyOf(opinionId) != body) return (0, 0, 0);
        Revocation storage r = _revocations[opinionId];
        return (r.time, r.reason, r.detail);
    }
}

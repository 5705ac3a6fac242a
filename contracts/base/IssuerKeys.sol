// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIssuerKeys} from "../interfaces/IIssuerKeys.sol";

/// @title IssuerKeys
/// @notice See {IIssuerKeys}.
abstract contract IssuerKeys is IIssuerKeys {
    mapping(address issuer => address) private _rotated;
    mapping(address issuer => address) private _recoveries;

    /// @inheritdoc IIssuerKeys
    function rotateIssuerKey(address issuer, address newKey) external {
        address key = issuerKey(issuer);
        if (msg.sender != key && msg.sender != _recoveries[issuer]) revert IssuerCallerNotKey();
        if (newKey == address(0) || newKey == key) revert IssuerKeyUnchanged();
        _rotated[issuer] = newKey;
        emit IssuerKeyRotated(issuer, newKey, msg.sender);
    }

    /// @inheritdoc IIssuerKeys
    function setRecovery(address issuer, address recovery) external {
        address key = issuerKey(issuer);
        if (msg.sender != key) revert IssuerCallerNotKey();
        if (recovery == address(0) || recovery == key) revert IssuerRecoveryUnusable();
        if (_recoveries[issuer] != address(0)) revert IssuerRecoveryAlreadySet();
        _recoveries[issuer] = recovery;
        emit IssuerRecoverySet(issuer, recovery);
    }

    /// @inheritdoc IIssuerKeys
    function issuerKey(address issuer) public view returns (address key) {
        key = _rotated[issuer];
        if (key == address(0)) key = issuer;
    }

    /// @inheritdoc IIssuerKeys
    function issuerRecovery(address issuer) public view returns (address recovery) {
        return _recoveries[issuer];
    }
}

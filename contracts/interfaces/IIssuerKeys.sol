// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The key that speaks for an issuer
/// @notice An issuer is an address for ever: that of its first key. The key may change; authorisations count only if
/// signed with the current one.
interface IIssuerKeys {
    /// @notice Another key speaks for the issuer from now on; `by` is the key that said so.
    event IssuerKeyRotated(address indexed issuer, address indexed key, address indexed by);

    /// @notice The issuer named the account that may replace a lost or stolen key.
    event IssuerRecoverySet(address indexed issuer, address indexed recovery);

    /// @notice Only the issuer's current key (to rotate, or its recovery account) may do this.
    error IssuerCallerNotKey();
    /// @notice The new key is zero or the current one.
    error IssuerKeyUnchanged();
    /// @notice The recovery account is zero or the current key.
    error IssuerRecoveryUnusable();
    /// @notice The recovery account is named once, so that a thief of the key cannot replace it.
    error IssuerRecoveryAlreadySet();

    /// @notice Replaces the issuer's key; by the current key or the recovery account.
    function rotateIssuerKey(address issuer, address newKey) external;

    /// @notice Names the recovery account, once; by the issuer's current key.
    function setRecovery(address issuer, address recovery) external;

    /// @notice The key whose signature counts for the issuer; the issuer's own address until rotated.
    function issuerKey(address issuer) external view returns (address key);

    /// @notice The recovery account, or zero.
    function issuerRecovery(address issuer) external view returns (address recovery);
}

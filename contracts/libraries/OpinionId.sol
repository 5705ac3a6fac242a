// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who an opinion id belongs to
/// @notice An opinion id is the body's address followed by 12 bytes of the body's choice. So no body can take, use or
/// revoke an id of another, and an issuer that authorises an opinion id has named the body.
library OpinionId {
    function bodyOf(bytes32 opinionId) internal pure returns (address body) {
        return address(bytes20(opinionId));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title For tests: an ERC-1271 wallet, honest or hostile
contract TestWallet {
    enum Manner {
        Honest,
        SaysNo,
        SaysTrue, // answers abi true instead of the magic value
        Short, // answers four bytes
        Reverts,
        BurnsGas,
        ReturnsMuch // answers the magic value in front of a megabyte
    }

    bytes4 private constant MAGIC = 0x1626ba7e;

    address public owner;
    Manner public manner;

    constructor(address owner_) {
        owner = owner_;
    }

    function behave(Manner manner_) external {
        manner = manner_;
    }

    function changeOwner(address owner_) external {
        owner = owner_;
    }

    /// @notice Lets the wallet act on a contract, as real ones do.
    function act(address target, bytes calldata data) external {
        (bool done, bytes memory answer) = target.call(data);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes32 answer) {
        if (manner == Manner.Reverts) revert();
        if (manner == Manner.SaysNo) return 0;
        if (manner == Manner.SaysTrue) return bytes32(uint256(1));
        if (manner == Manner.BurnsGas) {
            uint256 x;
            while (true) ++x;
        }
        if (manner == Manner.Short) {
            assembly ("memory-safe") {
                mstore(0, shl(224, 0x1626ba7e))
                return(0, 4)
            }
        }
        (address signer, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        bool good = signer == owner;
        if (manner == Manner.ReturnsMuch) {
            assembly ("memory-safe") {
                let start := mload(0x40)
                mstore(start, shl(224, 0x1626ba7e))
                return(start, 30000)
            }
        }
        return good ? bytes32(MAGIC) : bytes32(0);
    }
}

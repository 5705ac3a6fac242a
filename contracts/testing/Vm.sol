// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The test runner's own functions, as far as our tests use them
interface Vm {
    function addr(uint256 secretKey) external pure returns (address account);

    function assume(bool condition) external pure;

    function chainId(uint256 id) external;

    function prank(address caller) external;

    function sign(uint256 secretKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function warp(uint256 time) external;
}

// Address at which the test runner answers.
Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Mint, OpinionWords} from "../interfaces/IPassportRegistry.sol";

/// @title EIP-712 digests of what issuers and bodies sign
/// @notice Two domains that differ by name, so that no signature of one kind can pass for the other. Both carry a salt
/// of this deployment.
abstract contract PassportTypedData {
    bytes32 private constant DOMAIN_TYPE =
        keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
        );
    bytes32 private constant MINT_TYPE =
        keccak256(
            "MintAuthorisation(bytes32 logId,address issuer,bytes32 product,bytes32 lot,uint32 release,"
            "bytes32 content,bytes32 facility,bytes32 method,bytes32 footprint,uint64 producedFrom,"
            "uint64 producedUntil,bytes32 opinionId,uint256 supersedes,uint64 deadline)"
        );
    bytes32 private constant OPINION_TYPE =
        keccak256(
            "Opinion(bytes32 opinionId,address body,address registrar,address issuer,bytes32 product,"
            "bytes32 facility,bytes32 method,uint8 coverage,bytes32 batch,uint64 periodStart,uint64 periodEnd,"
            "bytes32 footprint,bytes32 inputsRoot,string productName,string number,string unit,string boundary,"
            "string criteria,string standard,uint8 engagement,string certificateNumber,uint8 level,"
            "string materiality,uint8 opinion,bytes32 limitations,string visit,bytes32 report,"
            "string reportNumber,bytes32 reviewer,uint64 validFrom,uint64 validUntil)"
        );

    bytes32 internal immutable _salt;
    uint256 private immutable _deployedOn;
    bytes32 private immutable _mintDomain;
    bytes32 private immutable _opinionDomain;

    constructor(bytes32 salt) {
        _salt = salt;
        _deployedOn = block.chainid;
        _mintDomain = _separator("Anchorleaf Passport", salt);
        _opinionDomain = _separator("Anchorleaf Opinion", salt);
    }

    function _mintDigest(Mint memory order) internal view returns (bytes32) {
        bytes32 domain = block.chainid == _deployedOn ? _mintDomain : _separator("Anchorleaf Passport", _salt);
        bytes32 typeHash = MINT_TYPE;
        bytes32 structHash;
        // The members lie in memory as words in the type's order, which is the type's encodeData: copied behind the
        // free memory pointer, hashed and not kept, since a batch would pay for every byte that it keeps.
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore(data, typeHash)
            mcopy(add(data, 0x20), order, 0x1c0) // 14 words
            structHash := keccak256(data, 0x1e0)
        }
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    function _opinionDigest(OpinionWords calldata opinion) internal view returns (bytes32) {
        bytes32 domain = block.chainid == _deployedOn ? _opinionDomain : _separator("Anchorleaf Opinion", _salt);
        // All members are words in the type's order, so the struct's ABI encoding is the type's encodeData.
        return MessageHashUtils.toTypedDataHash(domain, keccak256(abi.encode(OPINION_TYPE, opinion)));
    }

    /// Built again after a chain split, so that what was signed for one side does not count on the other.
    function _separator(string memory name, bytes32 salt) private view returns (bytes32) {
        return
            keccak256(
                abi.encode(DOMAIN_TYPE, keccak256(bytes(name)), keccak256("1"), block.chainid, address(this), salt)
            );
    }
}

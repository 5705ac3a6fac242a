// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IssuerKeys} from "./base/IssuerKeys.sol";
import {PassportTypedData} from "./base/PassportTypedData.sol";
import {IBodyRegistry} from "./interfaces/IBodyRegistry.sol";
import {ICheckpointAnchor} from "./interfaces/ICheckpointAnchor.sol";
import {
    Flag,
    IPassportRegistry,
    Mint,
    MintItem,
    OpinionWords,
    PassportView,
    SignedOpinion
} from "./interfaces/IPassportRegistry.sol";
import {OpinionGate} from "./libraries/OpinionGate.sol";
import {OpinionId} from "./libraries/OpinionId.sol";
import {SignatureCheck} from "./libraries/SignatureCheck.sol";

/// @title PassportRegistry
/// @notice See {IPassportRegistry}.
contract PassportRegistry is IPassportRegistry, IssuerKeys, PassportTypedData, ERC721 {
    /// Two slots a passport.
    struct Passport {
        // Slot 0: the issuer is the holder until a first transfer, so a mint writes no owner slot.
        address issuer;
        uint40 mintedAt;
        uint32 provenance;
        uint24 release;
        // Slot 1: the document that says everything else.
        bytes32 content;
    }

    /// Where passports come from. Those of one log and one opinion share it: paid once, not by each.
    struct Provenance {
        bytes32 logId;
        bytes32 opinionId;
        address registrar;
        uint96 registrationIndex;
    }

    /// What is known of an opinion within one transaction.
    struct Judgement {
        bytes4 refusal;
        bytes32 opinionId;
        address registrar;
        uint256 registrationIndex;
    }

    uint8 private constant ISSUER = 1;
    uint8 private constant BODY = 2;
    uint8 private constant REGISTRAR = 3;
    uint8 private constant AUTHORITY = 4;

    uint8 private constant ACTIVE = 0;
    uint8 private constant SUSPENDED = 1;
    uint8 private constant REVOKED = 2;

    ICheckpointAnchor public immutable anchor;
    IBodyRegistry public immutable bodies;

    mapping(uint256 tokenId => Passport) private _passports;
    mapping(uint256 tokenId => uint256) private _successors;
    mapping(uint256 tokenId => mapping(uint8 role => mapping(address setter => Flag))) private _flags;
    mapping(bytes32 opinionId => bytes32 digest) private _accepted;
    mapping(uint32 number => Provenance) private _provenances;
    mapping(bytes32 key => uint32 number) private _provenanceNumbers;
    uint32 private _provenanceCount;

    constructor(
        ICheckpointAnchor anchor_,
        IBodyRegistry bodies_,
        bytes32 salt
    ) ERC721("Anchorleaf Passport", "LEAFPASS") PassportTypedData(salt) {
        if (address(anchor_).code.length == 0 || address(bodies_).code.length == 0) revert PassportRegistryMisplaced();
        anchor = anchor_;
        bodies = bodies_;
    }

    /// @inheritdoc IPassportRegistry
    function mint(Mint calldata order, bytes calldata authorisation) external returns (uint256 tokenId) {
        Judgement memory selfDeclared;
        tokenId = _tokenIdOf(order);
        bytes4 refusal = order.opinionId == 0
            ? _judge(tokenId, order, authorisation)
            : PassportOpinionMissing.selector;
        if (refusal != 0) _refuse(refusal);
        _mintPassport(tokenId, order, selfDeclared);
    }

    /// @inheritdoc IPassportRegistry
    function mintWithOpinion(
        Mint calldata order,
        bytes calldata authorisation,
        OpinionWords calldata opinion,
        bytes calldata opinionSignature
    ) external returns (uint256 tokenId) {
        tokenId = _tokenIdOf(order);
        bytes4 refusal = _judge(tokenId, order, authorisation);
        if (refusal != 0) _refuse(refusal);
        refusal = _judgeCover(order, opinion);
        if (refusal != 0) _refuse(refusal);
        Judgement memory judged = _acceptOpinion(opinion, opinionSignature);
        if (judged.refusal != 0) _refuse(judged.refusal);
        _mintPassport(tokenId, order, judged);
    }

    /// @inheritdoc IPassportRegistry
    function mintBatch(
        MintItem[] calldata items,
        SignedOpinion[] calldata opinions
    ) external returns (uint256 minted) {
        Judgement[] memory judged = new Judgement[](opinions.length + 1); // the first stays empty: self-declared
        for (uint256 i = 0; i < opinions.length; ++i) {
            judged[i + 1] = _acceptOpinion(opinions[i].words, opinions[i].signature);
        }
        for (uint256 i = 0; i < items.length; ++i) {
            MintItem calldata item = items[i];
            uint256 tokenId = _tokenIdOf(item.mint);
            bytes4 refusal = _judgeItem(tokenId, item, opinions, judged);
            if (refusal == 0) {
                _mintPassport(tokenId, item.mint, judged[item.opinion]);
                ++minted;
            } else {
                emit MintSkipped(i, tokenId, refusal);
            }
        }
    }

    /// @inheritdoc IPassportRegistry
    function setFlag(uint256 tokenId, uint8 role, uint8 status, uint8 reason, bytes32 detail) external {
        address setter = _setterInRole(tokenId, role);
        Flag storage set = _flags[tokenId][role][setter];
        if (status > REVOKED) revert FlagStatusUnknown();
        if (set.status == REVOKED) revert FlagFinal();
        if (status == ACTIVE && set.status != SUSPENDED) revert FlagNothingToLift();
        if (status != ACTIVE && reason == 0) revert FlagReasonMissing();
        (set.status, set.reason, set.time, set.detail) = (status, reason, uint64(block.timestamp), detail);
        emit FlagSet(tokenId, role, setter, status, reason, detail);
    }

    /// @inheritdoc IPassportRegistry
    function passport(uint256 tokenId) public view returns (PassportView memory found) {
        Passport storage p = _passports[tokenId];
        if (p.issuer == address(0)) return found;
        Provenance storage origin = _provenances[p.provenance];
        found.issuer = p.issuer;
        found.owner = _ownerOf(tokenId);
        found.content = p.content;
        found.release = p.release;
        found.mintedAt = p.mintedAt;
        found.supersededBy = _successors[tokenId];
        found.opinionId = origin.opinionId;
        found.body = OpinionId.bodyOf(origin.opinionId);
        found.registrar = origin.registrar;
        found.registrationIndex = origin.registrationIndex;
        found.logId = origin.logId;
    }

    /// @inheritdoc IPassportRegistry
    function flag(uint256 tokenId, uint8 role, address setter) external view returns (Flag memory found) {
        return _flags[tokenId][role][setter];
    }

    /// @inheritdoc IPassportRegistry
    function inspect(
        uint256 tokenId,
        address[] calldata authorities
    )
        external
        view
        returns (
            PassportView memory found,
            Flag memory byIssuer,
            Flag memory byBody,
            Flag memory byRegistrar,
            Flag[] memory byAuthority
        )
    {
        found = passport(tokenId);
        byIssuer = _flags[tokenId][ISSUER][found.issuer];
        byBody = _flags[tokenId][BODY][found.body];
        byRegistrar = _flags[tokenId][REGISTRAR][found.registrar];
        byAuthority = new Flag[](authorities.length);
        for (uint256 i = 0; i < authorities.length; ++i) {
            byAuthority[i] = _flags[tokenId][AUTHORITY][authorities[i]];
        }
    }

    /// @inheritdoc IPassportRegistry
    function tokenIdOf(
        address issuer,
        bytes32 product,
        bytes32 lot,
        uint32 release
    ) public pure returns (uint256 tokenId) {
        return uint256(keccak256(abi.encode(issuer, product, lot, release)));
    }

    /// @inheritdoc IPassportRegistry
    function supersededBy(uint256 tokenId) external view returns (uint256 next) {
        return _successors[tokenId];
    }

    /// @inheritdoc IPassportRegistry
    function acceptedOpinion(bytes32 opinionId) external view returns (bytes32 digest) {
        return _accepted[opinionId];
    }

    /// @inheritdoc IPassportRegistry
    function mintDigest(Mint calldata order) external view returns (bytes32 digest) {
        return _mintDigest(order);
    }

    /// @inheritdoc IPassportRegistry
    function opinionDigest(OpinionWords calldata opinion) external view returns (bytes32 digest) {
        return _opinionDigest(opinion);
    }

    /// @inheritdoc IPassportRegistry
    function domainSalt() external view returns (bytes32 salt) {
        return _salt;
    }

    /// Whether the issuer may have this passport, leaving any opinion aside. Refusals are error selectors.
    function _judge(
        uint256 tokenId,
        Mint calldata m,
        bytes calldata authorisation
    ) private view returns (bytes4 refusal) {
        if (block.timestamp > m.deadline) return PassportDeadlinePassed.selector;
        if (m.issuer == address(0) || m.product == 0 || m.lot == 0 || m.content == 0) {
            return PassportFieldMissing.selector;
        }
        if (m.producedFrom >= m.producedUntil) return PassportProductionEmpty.selector;
        if (m.release == 0 || m.release > type(uint24).max) return PassportReleaseInvalid.selector;
        if (_passports[tokenId].issuer != address(0)) return PassportExists.selector;
        if (!_supersedesRightly(m)) return PassportPredecessorWrong.selector;
        if (anchor.logOwner(m.logId) == address(0)) return PassportLogUnknown.selector;
        if (!SignatureCheck.isSignedBy(issuerKey(m.issuer), _mintDigest(m), authorisation)) {
            return PassportAuthorisationInvalid.selector;
        }
        return 0;
    }

    /// The release before is the same issuer's, of the same product and lot. It has no successor yet, since that could
    /// only be this very token.
    function _supersedesRightly(Mint calldata m) private view returns (bool) {
        if (m.release == 1) return m.supersedes == 0;
        uint256 before = tokenIdOf(m.issuer, m.product, m.lot, m.release - 1);
        return m.supersedes == before && _passports[before].issuer != address(0);
    }

    function _judgeItem(
        uint256 tokenId,
        MintItem calldata item,
        SignedOpinion[] calldata opinions,
        Judgement[] memory judged
    ) private view returns (bytes4 refusal) {
        if (item.opinion > opinions.length) return PassportOpinionMissing.selector;
        if (item.opinion == 0 && item.mint.opinionId != 0) return PassportOpinionMissing.selector;
        refusal = _judge(tokenId, item.mint, item.authorisation);
        if (refusal == 0 && item.opinion != 0) {
            refusal = _judgeCover(item.mint, opinions[item.opinion - 1].words);
            if (refusal == 0) refusal = judged[item.opinion].refusal;
        }
    }

    /// Whether the opinion is about this passport, by a body with no other part in it.
    function _judgeCover(Mint calldata m, OpinionWords calldata o) private view returns (bytes4 refusal) {
        refusal = OpinionGate.judgeMint(m, o);
        if (refusal != 0) return refusal;
        address body = o.body;
        bool conflicted = body == m.issuer ||
            body == issuerKey(m.issuer) ||
            body == issuerRecovery(m.issuer) ||
            body == msg.sender ||
            body == anchor.logOwner(m.logId);
        if (conflicted) return PassportBodyConflicted.selector;
        return 0;
    }

    /// Whether the opinion counts now, whatever it is used for. An opinion whose signature was found good is
    /// remembered by its digest: its id never stands for another one, and a wallet is asked once.
    function _acceptOpinion(
        OpinionWords calldata o,
        bytes calldata signature
    ) private returns (Judgement memory judged) {
        judged.opinionId = o.opinionId;
        judged.registrar = o.registrar;
        judged.refusal = OpinionGate.judgeOpinion(o);
        if (judged.refusal != 0) return judged;
        if (o.body == o.registrar) {
            judged.refusal = PassportBodyConflicted.selector;
            return judged;
        }

        bool registered;
        (registered, judged.registrationIndex) = bodies.findRegistration(o.registrar, o.body, uint64(block.timestamp));
        if (!registered) {
            judged.refusal = PassportBodyUnregistered.selector;
            return judged;
        }
        (uint64 revokedAt, , ) = bodies.opinionRevocation(o.body, o.opinionId);
        if (revokedAt != 0) {
            judged.refusal = PassportOpinionRevoked.selector;
            return judged;
        }

        bytes32 digest = _opinionDigest(o);
        bytes32 accepted = _accepted[o.opinionId];
        if (accepted == digest) return judged;
        if (accepted != 0) {
            judged.refusal = PassportOpinionChanged.selector;
        } else if (!SignatureCheck.isSignedBy(o.body, digest, signature)) {
            judged.refusal = PassportOpinionSignatureInvalid.selector;
        } else {
            _accepted[o.opinionId] = digest;
            emit OpinionAccepted(o.opinionId, o.body, o.registrar, digest, judged.registrationIndex);
        }
    }

    /// Writes what was judged good. No receiver is called: a holder's code has no say in a mint.
    function _mintPassport(uint256 tokenId, Mint calldata m, Judgement memory cover) private {
        _passports[tokenId] = Passport({
            issuer: m.issuer,
            mintedAt: uint40(block.timestamp),
            provenance: _provenanceOf(m.logId, cover),
            release: uint24(m.release), // judged to fit
            content: m.content
        });
        _increaseBalance(m.issuer, 1);
        emit Transfer(address(0), m.issuer, tokenId);
        emit PassportMinted(tokenId, m.issuer, m.logId, m.content, m.opinionId);
        if (m.supersedes != 0) {
            _successors[m.supersedes] = tokenId;
            emit PassportSuperseded(m.supersedes, tokenId);
        }
    }

    function _provenanceOf(bytes32 logId, Judgement memory cover) private returns (uint32 number) {
        bytes32 key = keccak256(abi.encode(logId, cover.opinionId, cover.registrar, cover.registrationIndex));
        number = _provenanceNumbers[key];
        if (number != 0) return number;
        number = ++_provenanceCount;
        _provenanceNumbers[key] = number;
        _provenances[number] = Provenance({
            logId: logId,
            opinionId: cover.opinionId,
            registrar: cover.registrar,
            registrationIndex: uint96(cover.registrationIndex) // the registry bounds it far below
        });
    }

    /// Whose flag the caller sets: each role has its own, and only the account in it has access.
    function _setterInRole(uint256 tokenId, uint8 role) private view returns (address setter) {
        Passport storage p = _passports[tokenId];
        if (p.issuer == address(0)) revert PassportUnknown();
        Provenance storage origin = _provenances[p.provenance];
        if (role == ISSUER && msg.sender == issuerKey(p.issuer)) return p.issuer;
        if (role == BODY && msg.sender == OpinionId.bodyOf(origin.opinionId)) return msg.sender;
        if (role == REGISTRAR && msg.sender == origin.registrar) return msg.sender;
        if (role == AUTHORITY) return msg.sender;
        revert FlagCallerNotInRole();
    }

    function _tokenIdOf(Mint calldata m) private pure returns (uint256) {
        return tokenIdOf(m.issuer, m.product, m.lot, m.release);
    }

    /// The issuer holds a passport until it is transferred for the first time.
    function _ownerOf(uint256 tokenId) internal view override returns (address) {
        address holder = super._ownerOf(tokenId);
        return holder == address(0) ? _passports[tokenId].issuer : holder;
    }

    /// Raises the error with this selector; none of them has arguments.
    function _refuse(bytes4 refusal) private pure {
        assembly ("memory-safe") {
            mstore(0x00, refusal)
            revert(0x00, 0x04)
        }
    }
}

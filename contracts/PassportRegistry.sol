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
    MintGroup,
    MintItem,
    OpinionWords,
    PassportView,
    SignedOpinion
} from "./interfaces/IPassportRegistry.sol";
import {OpinionGate, Terms} from "./libraries/OpinionGate.sol";
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

    /// What the passports of a group have in common, found out once.
    struct Group {
        bytes4 refusal;
        bytes32 logId;
        address logOwner;
        address key; // of the issuer
        uint32 provenance; // 0: not yet looked up
        bytes32 opinionId; // 0: self-declared, and then the rest is empty
        address registrar;
        uint256 registrationIndex;
        Terms terms;
    }

    uint8 private constant ISSUER = 1;
    uint8 private constant BODY = 2;
    uint8 private constant REGISTRAR = 3;
    uint8 private constant AUTHORITY = 4;

    uint8 private constant ACTIVE = 0;
    uint8 private constant SUSPENDED = 1;
    uint8 private constant REVOKED = 2;

    /// @inheritdoc IPassportRegistry
    ICheckpointAnchor public immutable anchor;
    /// @inheritdoc IPassportRegistry
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
        if (order.opinionId != 0) revert PassportOpinionMissing();
        Mint memory m = order;
        Group memory group = _groupOf(m);
        return _mintOrRefuse(m, authorisation, group);
    }

    /// @inheritdoc IPassportRegistry
    function mintWithOpinion(
        Mint calldata order,
        bytes calldata authorisation,
        OpinionWords calldata opinion,
        bytes calldata opinionSignature
    ) external returns (uint256 tokenId) {
        Mint memory m = order;
        Group memory group = _groupOf(m);
        if (group.refusal == 0) _cover(group, m, opinion, opinionSignature);
        return _mintOrRefuse(m, authorisation, group);
    }

    /// @inheritdoc IPassportRegistry
    function mintBatch(MintGroup[] calldata groups) external returns (uint256 minted) {
        Mint memory m; // one, filled again for each passport
        uint256 index = 0;
        for (uint256 g = 0; g < groups.length; ++g) {
            Group memory group = _openGroup(m, groups[g]);
            MintItem[] calldata items = groups[g].items;
            for (uint256 i = 0; i < items.length; ++i) {
                bytes calldata authorisation = _fill(m, items[i]);
                uint256 tokenId = _tokenIdOf(m);
                bytes4 refusal = _judge(tokenId, m, authorisation, group);
                if (refusal == 0) {
                    _mintPassport(tokenId, m, group);
                    ++minted;
                } else {
                    emit MintSkipped(index, tokenId, refusal);
                }
                ++index;
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
        Provenance storage origin = _provenances[p.provenance]; // none has number 0
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

    function _openGroup(Mint memory m, MintGroup calldata given) private returns (Group memory group) {
        SignedOpinion[] calldata opinion = given.opinion;
        m.logId = given.logId;
        m.issuer = given.issuer;
        m.product = given.product;
        m.facility = given.facility;
        m.method = given.method;
        m.footprint = given.footprint;
        m.opinionId = opinion.length == 0 ? bytes32(0) : opinion[0].words.opinionId;
        group = _groupOf(m);
        if (opinion.length > 1) group.refusal = PassportOpinionUnauthorised.selector;
        if (opinion.length == 1 && group.refusal == 0) _cover(group, m, opinion[0].words, opinion[0].signature);
    }

    function _fill(Mint memory m, MintItem calldata item) private pure returns (bytes calldata authorisation) {
        uint32 release = item.release;
        m.lot = item.lot;
        m.release = release;
        m.content = item.content;
        m.producedFrom = item.producedFrom;
        m.producedUntil = item.producedUntil;
        m.deadline = item.deadline;
        m.supersedes = release > 1 ? tokenIdOf(m.issuer, m.product, m.lot, release - 1) : 0;
        return item.authorisation;
    }

    function _groupOf(Mint memory m) private view returns (Group memory group) {
        group.logId = m.logId;
        group.logOwner = anchor.logOwner(m.logId);
        group.key = issuerKey(m.issuer);
        if (m.issuer == address(0) || m.product == 0) group.refusal = PassportFieldMissing.selector;
        else if (group.logOwner == address(0)) group.refusal = PassportLogUnknown.selector;
    }

    /// Adds the opinion, or the reason why it does not cover the group: it must be about the same things, count now,
    /// and come from a body with no other part in them.
    function _cover(Group memory group, Mint memory m, OpinionWords calldata o, bytes calldata signature) private {
        address body = o.body;
        bytes4 refusal = OpinionGate.judgeOpinion(o);
        if (refusal == 0) refusal = OpinionGate.judgeSubject(m, o);
        if (refusal == 0) {
            bool conflicted = body == m.issuer ||
                body == group.key ||
                body == issuerRecovery(m.issuer) ||
                body == msg.sender ||
                body == group.logOwner ||
                body == o.registrar;
            if (conflicted) refusal = PassportBodyConflicted.selector;
        }
        if (refusal == 0) (refusal, group.registrationIndex) = _accept(o, signature);
        group.refusal = refusal;
        group.opinionId = o.opinionId;
        group.registrar = o.registrar;
        group.terms = OpinionGate.termsOf(o);
    }

    /// Whether the opinion counts now. One whose signature was found good is remembered by its digest: its id never
    /// stands for another opinion, and a wallet is asked once.
    function _accept(
        OpinionWords calldata o,
        bytes calldata signature
    ) private returns (bytes4 refusal, uint256 registrationIndex) {
        bool registered;
        (registered, registrationIndex) = bodies.findRegistration(o.registrar, o.body, uint64(block.timestamp));
        if (!registered) return (PassportBodyUnregistered.selector, 0);
        (uint64 revokedAt, , ) = bodies.opinionRevocation(o.body, o.opinionId);
        if (revokedAt != 0) return (PassportOpinionRevoked.selector, 0);

        bytes32 digest = _opinionDigest(o);
        bytes32 accepted = _accepted[o.opinionId];
        if (accepted == 0) {
            if (!SignatureCheck.isSignedBy(o.body, digest, signature)) {
                return (PassportOpinionSignatureInvalid.selector, 0);
            }
            _accepted[o.opinionId] = digest;
            emit OpinionAccepted(o.opinionId, o.body, o.registrar, digest, registrationIndex);
        } else if (accepted != digest) {
            return (PassportOpinionChanged.selector, 0);
        }
    }

    /// Whether this passport may be minted. Refusals are error selectors, so that a batch can go on.
    function _judge(
        uint256 tokenId,
        Mint memory m,
        bytes calldata authorisation,
        Group memory group
    ) private view returns (bytes4 refusal) {
        if (group.refusal != 0) return group.refusal;
        if (block.timestamp > m.deadline) return PassportDeadlinePassed.selector;
        if (m.lot == 0 || m.content == 0) return PassportFieldMissing.selector;
        if (m.producedFrom >= m.producedUntil) return PassportProductionEmpty.selector;
        if (m.release == 0 || m.release > type(uint24).max) return PassportReleaseInvalid.selector;
        if (_passports[tokenId].issuer != address(0)) return PassportExists.selector;
        if (!_supersedesRightly(m)) return PassportPredecessorWrong.selector;
        if (group.opinionId != 0) {
            refusal = OpinionGate.judgeProduction(m, group.terms);
            if (refusal != 0) return refusal;
        }
        if (!SignatureCheck.isSignedBy(group.key, _mintDigest(m), authorisation)) {
            return PassportAuthorisationInvalid.selector;
        }
    }

    /// The release before is the same issuer's, of the same product and lot. It has no successor yet, since that could
    /// only be this very token.
    function _supersedesRightly(Mint memory m) private view returns (bool) {
        if (m.release == 1) return m.supersedes == 0;
        uint256 before = tokenIdOf(m.issuer, m.product, m.lot, m.release - 1);
        return m.supersedes == before && _passports[before].issuer != address(0);
    }

    function _mintOrRefuse(
        Mint memory m,
        bytes calldata authorisation,
        Group memory group
    ) private returns (uint256 tokenId) {
        tokenId = _tokenIdOf(m);
        bytes4 refusal = _judge(tokenId, m, authorisation, group);
        if (refusal != 0) {
            // Raises the error with this selector; none of them has arguments.
            assembly ("memory-safe") {
                mstore(0x00, refusal)
                revert(0x00, 0x04)
            }
        }
        _mintPassport(tokenId, m, group);
    }

    /// Writes what was judged good. No receiver is called: a holder's code has no say in a mint.
    function _mintPassport(uint256 tokenId, Mint memory m, Group memory group) private {
        if (group.provenance == 0) group.provenance = _provenanceOf(group);
        _passports[tokenId] = Passport({
            issuer: m.issuer,
            mintedAt: uint40(block.timestamp),
            provenance: group.provenance,
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

    function _provenanceOf(Group memory group) private returns (uint32 number) {
        bytes32 key = keccak256(abi.encode(group.logId, group.opinionId, group.registrar, group.registrationIndex));
        number = _provenanceNumbers[key];
        if (number != 0) return number;
        number = ++_provenanceCount;
        _provenanceNumbers[key] = number;
        _provenances[number] = Provenance({
            logId: group.logId,
            opinionId: group.opinionId,
            registrar: group.registrar,
            registrationIndex: uint96(group.registrationIndex) // the body registry bounds it far below
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

    /// {tokenIdOf} without keeping memory: issuer, product, lot and release are words 1 to 4 of an order.
    function _tokenIdOf(Mint memory m) private pure returns (uint256 tokenId) {
        assembly ("memory-safe") {
            tokenId := keccak256(add(m, 0x20), 0x80)
        }
    }

    /// The issuer holds a passport until it is transferred for the first time.
    function _ownerOf(uint256 tokenId) internal view override returns (address) {
        address holder = super._ownerOf(tokenId);
        return holder == address(0) ? _passports[tokenId].issuer : holder;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBodyRegistry} from "./IBodyRegistry.sol";
import {ICheckpointAnchor} from "./ICheckpointAnchor.sol";
import {IIssuerKeys} from "./IIssuerKeys.sol";

/// @notice What an issuer authorises; the EIP-712 type MintAuthorisation has these members in this order.
/// @param logId Log that the passport's entries are recorded in.
/// @param issuer Identity of the maker; becomes the token's first holder.
/// @param product SHA-256 of the product id (a URI).
/// @param lot SHA-256 of the lot.
/// @param release 1 for the first; each further one supersedes the one before.
/// @param content 32 bytes of the passport document's content id.
/// @param facility SHA-256 of the facility id (a URI).
/// @param method 32 bytes of the method id.
/// @param footprint 32 bytes of the footprint document's content id.
/// @param producedFrom First second of production.
/// @param producedUntil First second after production.
/// @param opinionId Opinion that covers the passport; zero if self-declared.
/// @param supersedes Token id of the release before; zero for release 1.
/// @param deadline Last second at which the authorisation counts.
struct Mint {
    bytes32 logId;
    address issuer;
    bytes32 product;
    bytes32 lot;
    uint32 release;
    bytes32 content;
    bytes32 facility;
    bytes32 method;
    bytes32 footprint;
    uint64 producedFrom;
    uint64 producedUntil;
    bytes32 opinionId;
    uint256 supersedes;
    uint64 deadline;
}

/// @notice The EIP-712 type Opinion in its members' order, each string as its keccak-256: exactly what a body's
/// signature covers. `docs/formats/contracts.md` gives the type. A registry never sees the strings.
struct OpinionWords {
    bytes32 opinionId;
    address body;
    address registrar;
    address issuer;
    bytes32 product;
    bytes32 facility;
    bytes32 method;
    uint8 coverage;
    bytes32 batch;
    uint64 periodStart;
    uint64 periodEnd;
    bytes32 footprint;
    bytes32 inputsRoot;
    bytes32 productName;
    bytes32 number;
    bytes32 unit;
    bytes32 boundary;
    bytes32 criteria;
    bytes32 standard;
    uint8 engagement;
    bytes32 certificateNumber;
    uint8 level;
    bytes32 materiality;
    uint8 opinion;
    bytes32 limitations;
    bytes32 visit;
    bytes32 report;
    bytes32 reportNumber;
    bytes32 reviewer;
    uint64 validFrom;
    uint64 validUntil;
}

/// @notice An opinion with its body's signature.
struct SignedOpinion {
    OpinionWords words;
    bytes signature;
}

/// @notice Passports of one product that differ by lot or release. What they share is given once, since the bytes of a
/// transaction cost more than what is done with them.
/// @param opinion None for self-declared passports, else the one opinion that covers all of the group.
struct MintGroup {
    bytes32 logId;
    address issuer;
    bytes32 product;
    bytes32 facility;
    bytes32 method;
    bytes32 footprint;
    SignedOpinion[] opinion;
    MintItem[] items;
}

/// @notice What is left of a Mint. Its opinion id follows from the group and what it supersedes from its release.
struct MintItem {
    bytes32 lot;
    uint32 release;
    bytes32 content;
    uint64 producedFrom;
    uint64 producedUntil;
    uint64 deadline;
    bytes authorisation;
}

/// @notice A passport as the registry holds it; all zero if there is none.
/// @param owner Holder of the token, who has no say about status.
/// @param release 1 for the first.
/// @param mintedAt Time of the block, seconds since 1970.
/// @param supersededBy Token id of the next release; zero while this one is current.
/// @param opinionId, body, registrar, registrationIndex What covered it at mint; all zero if self-declared.
struct PassportView {
    address issuer;
    address owner;
    bytes32 content;
    uint32 release;
    uint64 mintedAt;
    uint256 supersededBy;
    bytes32 opinionId;
    address body;
    address registrar;
    uint256 registrationIndex;
    bytes32 logId;
}

/// @notice A status that one account set on one passport.
/// @param status 0 active, 1 suspended, 2 revoked.
struct Flag {
    uint8 status;
    uint8 reason;
    uint64 time;
    bytes32 detail;
}

/// @title Product passports as tokens, with or without the opinion of a registered body
/// @notice Anyone may send a mint; it counts only with the issuer's signature, and is recorded as covered only with the
/// signature of a body that its registrar has registered, over this product, facility, method, footprint and production
/// date. Nobody can change, pause or replace this contract.
interface IPassportRegistry is IIssuerKeys {
    /// @notice A passport was minted; `opinionId` is zero if it is self-declared.
    event PassportMinted(
        uint256 indexed tokenId,
        address indexed issuer,
        bytes32 indexed logId,
        bytes32 content,
        bytes32 opinionId
    );

    /// @notice A later release took a passport's place.
    event PassportSuperseded(uint256 indexed tokenId, uint256 indexed supersededBy);

    /// @notice An opinion was used for the first time; from now on its id stands for this digest alone.
    event OpinionAccepted(
        bytes32 indexed opinionId,
        address indexed body,
        address indexed registrar,
        bytes32 digest,
        uint256 registrationIndex
    );

    /// @notice An item of a batch mint was left out; `index` counts the items of all groups from 0, `reason` is the
    /// selector of the error that `mint` or `mintWithOpinion` would raise.
    event MintSkipped(uint256 index, uint256 indexed tokenId, bytes4 reason);

    /// @notice An account set its own flag on a passport.
    event FlagSet(
        uint256 indexed tokenId,
        uint8 indexed role,
        address indexed setter,
        uint8 status,
        uint8 reason,
        bytes32 detail
    );

    /// @notice The contracts that this registry leans on must exist.
    error PassportRegistryMisplaced();
    /// @notice The authorisation's deadline has passed.
    error PassportDeadlinePassed();
    /// @notice Issuer, product, lot or content is zero.
    error PassportFieldMissing();
    /// @notice The production period is empty or runs backwards.
    error PassportProductionEmpty();
    /// @notice Releases count from 1 to 2^24 - 1.
    error PassportReleaseInvalid();
    /// @notice This release of this issuer's product and lot exists.
    error PassportExists();
    /// @notice A release must supersede exactly the one before it, and release 1 nothing.
    error PassportPredecessorWrong();
    /// @notice The log does not exist or was succeeded by another.
    error PassportLogUnknown();
    /// @notice The issuer's current key did not sign this authorisation.
    error PassportAuthorisationInvalid();
    /// @notice The authorisation names an opinion that was not given.
    error PassportOpinionMissing();
    /// @notice An opinion was given that the authorisation does not name, or several for one group.
    error PassportOpinionUnauthorised();
    /// @notice The opinion's id does not begin with the body's address.
    error PassportOpinionIdForeign();
    /// @notice The opinion is about another issuer.
    error PassportOpinionIssuerDiffers();
    /// @notice The opinion is about another product.
    error PassportOpinionProductDiffers();
    /// @notice The opinion is about another facility.
    error PassportOpinionFacilityDiffers();
    /// @notice The opinion is about another method.
    error PassportOpinionMethodDiffers();
    /// @notice The opinion is about another footprint.
    error PassportOpinionFootprintDiffers();
    /// @notice Coverage is 1 product-period, 2 calculation-model or 3 batch.
    error PassportOpinionCoverageUnknown();
    /// @notice An opinion on a batch is about another lot, or one on a product names a lot.
    error PassportOpinionBatchDiffers();
    /// @notice The production lies outside the period that the opinion is about.
    error PassportOpinionPeriodMissed();
    /// @notice The production lies outside the dates for which the opinion is valid.
    error PassportOpinionNotValidThen();
    /// @notice An adverse or disclaimed opinion covers nothing.
    error PassportOpinionAdverse();
    /// @notice The body has revoked the opinion.
    error PassportOpinionRevoked();
    /// @notice Another opinion was used under this id before.
    error PassportOpinionChanged();
    /// @notice The body did not sign this opinion.
    error PassportOpinionSignatureInvalid();
    /// @notice The body is also issuer, the issuer's key or recovery, sender, log owner or registrar.
    error PassportBodyConflicted();
    /// @notice The registrar has no registration of this body that holds now.
    error PassportBodyUnregistered();
    /// @notice There is no such passport.
    error PassportUnknown();
    /// @notice The caller does not have this role for this passport.
    error FlagCallerNotInRole();
    /// @notice Status is 0 active, 1 suspended or 2 revoked.
    error FlagStatusUnknown();
    /// @notice A revocation is final.
    error FlagFinal();
    /// @notice Only a suspension can be lifted.
    error FlagNothingToLift();
    /// @notice A suspension or revocation needs a reason other than zero.
    error FlagReasonMissing();

    /// @notice Mints a self-declared passport.
    /// @param authorisation Signature of the issuer's current key over the MintAuthorisation; ECDSA or ERC-1271.
    function mint(Mint calldata order, bytes calldata authorisation) external returns (uint256 tokenId);

    /// @notice Mints a passport covered by an opinion.
    /// @param opinionSignature Signature of the body over the Opinion; ECDSA or ERC-1271. Not read, and may be empty,
    /// when this very opinion has been accepted before.
    function mintWithOpinion(
        Mint calldata order,
        bytes calldata authorisation,
        OpinionWords calldata opinion,
        bytes calldata opinionSignature
    ) external returns (uint256 tokenId);

    /// @notice Mints many passports; leaves out, and reports by event, each that `mint` or `mintWithOpinion` would
    /// refuse. Issuers authorise each passport just as for those.
    /// @dev A contract wallet may burn its 250,000 gas for each passport it is asked about: a sender that serves many puts
    /// issuers it does not know, and whose key is a wallet, into transactions of their own.
    /// @return minted How many were minted.
    function mintBatch(MintGroup[] calldata groups) external returns (uint256 minted);

    /// @notice Sets the caller's own flag on a passport, or lifts its own suspension. A revocation is final.
    /// @param role 1 issuer (its current key), 2 body of the opinion, 3 registrar named in the opinion, 4 authority
    /// (anyone; readers choose whose flags count).
    /// @param status 0 active, 1 suspended, 2 revoked.
    /// @param reason Code; not zero unless lifting. `docs/formats/contracts.md` lists them.
    /// @param detail 32 bytes of the content id of the statement that gives the reason, or zero.
    function setFlag(uint256 tokenId, uint8 role, uint8 status, uint8 reason, bytes32 detail) external;

    /// @notice The passport; all zero if there is none.
    function passport(uint256 tokenId) external view returns (PassportView memory found);

    /// @notice The flag of one setter; role 1 flags stand under the issuer's identity, whichever key set them.
    function flag(uint256 tokenId, uint8 role, address setter) external view returns (Flag memory found);

    /// @notice All that a status check needs in one call. Authorities' flags come in the order asked for.
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
        );

    /// @notice Token id of a release: `uint256(keccak256(abi.encode(issuer, product, lot, release)))`.
    function tokenIdOf(
        address issuer,
        bytes32 product,
        bytes32 lot,
        uint32 release
    ) external pure returns (uint256 tokenId);

    /// @notice Token id of the next release; zero while this one is current.
    function supersededBy(uint256 tokenId) external view returns (uint256 next);

    /// @notice Digest of the opinion that was accepted under this id; zero if none was.
    function acceptedOpinion(bytes32 opinionId) external view returns (bytes32 digest);

    /// @notice EIP-712 digest that the issuer signs.
    function mintDigest(Mint calldata order) external view returns (bytes32 digest);

    /// @notice EIP-712 digest that the body signs.
    function opinionDigest(OpinionWords calldata opinion) external view returns (bytes32 digest);

    /// @notice Where logs, and who owns them, are looked up.
    function anchor() external view returns (ICheckpointAnchor found);

    /// @notice Where registrations of bodies and revocations of opinions are looked up.
    function bodies() external view returns (IBodyRegistry found);

    /// @notice Salt of both EIP-712 domains, fixed at deployment.
    function domainSalt() external view returns (bytes32 salt);
}

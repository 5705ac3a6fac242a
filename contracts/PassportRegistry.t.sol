// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {BodyRegistry} from "./BodyRegistry.sol";
import {CheckpointAnchor} from "./CheckpointAnchor.sol";
import {Mint, OpinionWords} from "./interfaces/IPassportRegistry.sol";
import {PassportRegistry} from "./PassportRegistry.sol";
import {vm} from "./testing/Vm.sol";

/// Nothing that anyone signed can be bent, and flags follow their rules whatever the order of calls.
contract PassportRegistryTest {
    uint256 private constant ISSUER_KEY = 0xA11CE;
    uint256 private constant BODY_KEY = 0xB0D1;
    uint256 private constant NOW = 1_800_000_000;
    address private constant REGISTRAR = address(0x4E6157);
    address private constant OPERATOR = address(0x09E4A704);

    CheckpointAnchor private anchor;
    BodyRegistry private bodies;
    PassportRegistry private registry;
    bytes32 private logId;
    address private issuer;
    address private body;

    function setUp() public {
        vm.warp(NOW);
        anchor = new CheckpointAnchor();
        bodies = new BodyRegistry();
        registry = new PassportRegistry(anchor, bodies, "salt");
        issuer = vm.addr(ISSUER_KEY);
        body = vm.addr(BODY_KEY);
        vm.prank(OPERATOR);
        logId = anchor.openLog("origin", 60, 0, 0, 0, new bytes32[](0));
        vm.prank(REGISTRAR);
        bodies.registerBody(body, uint64(NOW - 1 days), uint64(NOW + 1 days), "scope", "snapshot");
    }

    function test_mintWithOpinion_acceptsTheUnbentOrder() public {
        (bool done, ) = address(registry).call(_covered());
        assert(done);
    }

    function test_digests_followTheChainThroughASplit() public {
        Mint memory order = _order(0);
        OpinionWords memory opinion;
        uint256 here = block.chainid;
        bytes32 mintHere = registry.mintDigest(order);
        bytes32 opinionHere = registry.opinionDigest(opinion);
        vm.chainId(here + 1);
        bytes32 mintThere = registry.mintDigest(order);
        assert(mintThere != mintHere);
        assert(registry.opinionDigest(opinion) != opinionHere);
        assert(!_mints(order, _sign(ISSUER_KEY, mintHere)));
        assert(_mints(order, _sign(ISSUER_KEY, mintThere)));
        vm.chainId(here);
        assert(registry.mintDigest(order) == mintHere);
        assert(registry.opinionDigest(opinion) == opinionHere);
    }

    /// The separators kept from deployment are those that would be built now.
    function test_digests_areThoseOfTheTypedData() public view {
        bytes32 domainType = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
        );
        bytes32 mintType = keccak256(
            "MintAuthorisation(bytes32 logId,address issuer,bytes32 product,bytes32 lot,uint32 release,bytes32 content,bytes32 facility,bytes32 method,bytes32 footprint,uint64 producedFrom,uint64 producedUntil,bytes32 opinionId,uint256 supersedes,uint64 deadline)"
        );
        Mint memory order = _order(0);
        bytes32 separator = keccak256(
            abi.encode(
                domainType,
                keccak256("Anchorleaf Passport"),
                keccak256("1"),
                block.chainid,
                address(registry),
                bytes32("salt")
            )
        );
        bytes32 structHash = keccak256(abi.encode(mintType, order));
        assert(registry.mintDigest(order) == keccak256(abi.encodePacked(hex"1901", separator, structHash)));
    }

    /// A separator kept from deployment costs less than one built anew: the choice between them is the right way round.
    function test_digests_costLessWhereDeployed() public {
        Mint memory order = _order(0);
        registry.mintDigest(order);
        uint256 before = gasleft();
        registry.mintDigest(order);
        uint256 here = before - gasleft();
        vm.chainId(block.chainid + 1);
        before = gasleft();
        registry.mintDigest(order);
        assert(before - gasleft() > here + 300);
    }

    function testFuzz_mintWithOpinion_refusesEveryBentBitOfOrderAndOpinion(uint256 bit) public {
        bytes memory data = _covered();
        // words 0 to 13 are the order, 14 and 46 offsets, 15 to 45 the opinion
        bit %= 45 * 256;
        if (bit >= 14 * 256) bit += 256;
        data[4 + bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        (bool done, ) = address(registry).call(data);
        assert(!done);
    }

    function testFuzz_mint_refusesEveryBentBitOfOrderAndSignature(uint256 bit) public {
        Mint memory order = _order(0);
        bytes memory data = abi.encodeCall(registry.mint, (order, _sign(ISSUER_KEY, registry.mintDigest(order))));
        // words 0 to 13 are the order, 14 the offset, 15 the length, then 65 bytes
        bit %= 14 * 256 + 65 * 8;
        if (bit >= 14 * 256) bit += 2 * 256;
        data[4 + bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        (bool done, ) = address(registry).call(data);
        assert(!done);
    }

    function testFuzz_mint_refusesAnySignatureOfAnyoneElse(
        uint256 key,
        bytes32 digest,
        bytes calldata noise
    ) public {
        key = 1 + (key % (2 ** 250));
        vm.assume(key != ISSUER_KEY);
        Mint memory order = _order(0);
        assert(!_mints(order, _sign(key, registry.mintDigest(order))));
        assert(!_mints(order, _sign(ISSUER_KEY, digest)));
        assert(!_mints(order, noise));
    }

    function testFuzz_tokenIdOf_neverCollides(
        address issuer1,
        bytes32 product1,
        bytes32 lot1,
        uint32 release1,
        address issuer2,
        bytes32 product2,
        bytes32 lot2,
        uint32 release2
    ) public view {
        bool same = issuer1 == issuer2 && product1 == product2 && lot1 == lot2 && release1 == release2;
        uint256 one = registry.tokenIdOf(issuer1, product1, lot1, release1);
        uint256 two = registry.tokenIdOf(issuer2, product2, lot2, release2);
        assert(same == (one == two));
    }

    /// Random calls by four accounts in their own and in others' roles, against a model of what a flag may do.
    function testFuzz_setFlag_followsTheRules(uint256 seed) public {
        (bool done, bytes memory answer) = address(registry).call(_covered());
        assert(done);
        uint256 tokenId = abi.decode(answer, (uint256));
        address[4] memory people = [issuer, body, REGISTRAR, OPERATOR];
        uint8[4][5] memory model; // by role and person
        for (uint256 step = 0; step < 40; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 person = seed & 3;
            uint8 role = uint8((seed >> 8) % 6);
            uint8 status = uint8((seed >> 16) & 3);
            uint8 reason = uint8((seed >> 24) & 1);
            bool inRole = role == 4 || (role > 0 && role < 4 && role == person + 1);
            bool may = inRole && status < 3 && (status == 0 || reason != 0);
            if (may) may = model[role][person] != 2 && (status != 0 || model[role][person] == 1);
            vm.prank(people[person]);
            try registry.setFlag(tokenId, role, status, reason, bytes32(step)) {
                assert(may);
                model[role][person] = status;
            } catch {
                assert(!may);
            }
        }
        for (uint8 role = 1; role < 5; ++role) {
            for (uint256 person = 0; person < 4; ++person) {
                assert(registry.flag(tokenId, role, people[person]).status == model[role][person]);
            }
        }
    }

    function testFuzz_findRegistration_equalsASearchOfAll(uint256 seed, uint64 time) public {
        time = uint64(NOW + (time % 40));
        uint256 expected = type(uint256).max;
        for (uint256 i = 0; i < 6; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint64 from = uint64(NOW + (seed % 40));
            uint64 until = from + 1 + uint64((seed >> 64) % 20);
            bodies.registerBody(body, from, until, 0, 0);
            if (seed & (1 << 200) != 0) {
                uint64 end = from + uint64((seed >> 128) % (until - from));
                bodies.withdrawRegistration(body, i, 1, 0, end);
                until = end;
            }
            if (time >= from && time < until) expected = i;
        }
        (bool found, uint256 index) = bodies.findRegistration(address(this), body, time);
        assert(found == (expected != type(uint256).max));
        assert(!found || index == expected);
    }

    function _mints(Mint memory order, bytes memory authorisation) private returns (bool minted) {
        try registry.mint(order, authorisation) {
            minted = true;
        } catch {}
    }

    function _covered() private view returns (bytes memory data) {
        bytes32 opinionId = bytes32(bytes20(body)) | bytes32(uint256(1));
        OpinionWords memory opinion;
        opinion.opinionId = opinionId;
        opinion.body = body;
        opinion.registrar = REGISTRAR;
        opinion.issuer = issuer;
        opinion.product = "product";
        opinion.facility = "facility";
        opinion.method = "method";
        opinion.coverage = 1;
        opinion.periodStart = uint64(NOW - 400 days);
        opinion.periodEnd = uint64(NOW - 35 days);
        opinion.footprint = "footprint";
        opinion.number = keccak256("0.0512");
        opinion.engagement = 1;
        opinion.level = 1;
        opinion.opinion = 1;
        opinion.validFrom = uint64(NOW - 30 days);
        opinion.validUntil = uint64(NOW + 335 days);
        Mint memory order = _order(opinionId);
        bytes memory authorisation = _sign(ISSUER_KEY, registry.mintDigest(order));
        bytes memory signature = _sign(BODY_KEY, registry.opinionDigest(opinion));
        return abi.encodeCall(registry.mintWithOpinion, (order, authorisation, opinion, signature));
    }

    function _order(bytes32 opinionId) private view returns (Mint memory order) {
        order.logId = logId;
        order.issuer = issuer;
        order.product = "product";
        order.lot = "lot";
        order.release = 1;
        order.content = "content";
        order.facility = "facility";
        order.method = "method";
        order.footprint = "footprint";
        order.producedFrom = uint64(NOW - 3 days);
        order.producedUntil = uint64(NOW - 2 days);
        order.opinionId = opinionId;
        order.deadline = uint64(NOW + 1 days);
    }

    function _sign(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}

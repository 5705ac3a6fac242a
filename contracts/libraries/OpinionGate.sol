// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPassportRegistry, Mint, OpinionWords} from "../interfaces/IPassportRegistry.sol";
import {OpinionId} from "./OpinionId.sol";

/// @notice What an opinion asks of each passport under it.
/// @param lot The one lot that it is about; zero if any.
struct Terms {
    bytes32 lot;
    uint64 periodStart;
    uint64 periodEnd;
    uint64 validFrom;
    uint64 validUntil;
}

/// @title What an opinion must say to cover a passport
/// @notice Pure comparisons of signed words; who signed, and whether that counts, is the registry's part. Refusals are
/// the selectors of the registry's errors, zero is acceptance.
library OpinionGate {
    uint8 private constant PRODUCT_PERIOD = 1;
    uint8 private constant CALCULATION_MODEL = 2;
    uint8 private constant BATCH = 3;

    uint8 private constant UNMODIFIED = 1;
    uint8 private constant QUALIFIED = 2;

    /// @notice Whether the opinion can cover anything at all.
    function judgeOpinion(OpinionWords calldata o) internal pure returns (bytes4 refusal) {
        if (OpinionId.bodyOf(o.opinionId) != o.body || o.body == address(0)) {
            return IPassportRegistry.PassportOpinionIdForeign.selector;
        }
        if (o.coverage != PRODUCT_PERIOD && o.coverage != CALCULATION_MODEL && o.coverage != BATCH) {
            return IPassportRegistry.PassportOpinionCoverageUnknown.selector;
        }
        if ((o.coverage == BATCH) != (o.batch != 0)) return IPassportRegistry.PassportOpinionBatchDiffers.selector;
        if (o.periodStart >= o.periodEnd) return IPassportRegistry.PassportOpinionPeriodMissed.selector;
        if (o.opinion != UNMODIFIED && o.opinion != QUALIFIED) {
            return IPassportRegistry.PassportOpinionAdverse.selector;
        }
        return 0;
    }

    /// @notice Whether the opinion is the one authorised, and about the same issuer, product and figure.
    function judgeSubject(Mint memory m, OpinionWords calldata o) internal pure returns (bytes4 refusal) {
        if (m.opinionId != o.opinionId) return IPassportRegistry.PassportOpinionUnauthorised.selector;
        if (m.issuer != o.issuer) return IPassportRegistry.PassportOpinionIssuerDiffers.selector;
        if (m.product != o.product) return IPassportRegistry.PassportOpinionProductDiffers.selector;
        if (m.facility != o.facility) return IPassportRegistry.PassportOpinionFacilityDiffers.selector;
        if (m.method != o.method) return IPassportRegistry.PassportOpinionMethodDiffers.selector;
        if (m.footprint != o.footprint) return IPassportRegistry.PassportOpinionFootprintDiffers.selector;
        return 0;
    }

    /// @notice The rest, which each passport of a group has to meet by itself.
    /// @dev A product's period is the past that its figure rests on: goods made later are what it is used for, goods
    /// made before it are not. A batch's period holds the batch.
    function termsOf(OpinionWords calldata o) internal pure returns (Terms memory terms) {
        terms.lot = o.batch;
        terms.periodStart = o.periodStart;
        terms.periodEnd = o.coverage == BATCH ? o.periodEnd : type(uint64).max;
        terms.validFrom = o.validFrom;
        terms.validUntil = o.validUntil;
    }

    /// @notice Whether this lot and production are covered.
    /// @dev Validity is compared with the production date, never with the time of minting or reading.
    function judgeProduction(Mint memory m, Terms memory terms) internal pure returns (bytes4 refusal) {
        if (terms.lot != 0 && terms.lot != m.lot) return IPassportRegistry.PassportOpinionBatchDiffers.selector;
        if (m.producedFrom < terms.periodStart || m.producedUntil > terms.periodEnd) {
            return IPassportRegistry.PassportOpinionPeriodMissed.selector;
        }
        if (m.producedFrom < terms.validFrom || m.producedUntil > terms.validUntil) {
            return IPassportRegistry.PassportOpinionNotValidThen.selector;
        }
        return 0;
    }
}

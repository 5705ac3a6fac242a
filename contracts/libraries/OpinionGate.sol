// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPassportRegistry, Mint, OpinionWords} from "../interfaces/IPassportRegistry.sol";
import {OpinionId} from "./OpinionId.sol";

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
        if (o.coverage < PRODUCT_PERIOD || o.coverage > BATCH) {
            return IPassportRegistry.PassportOpinionCoverageUnknown.selector;
        }
        if (o.opinion != UNMODIFIED && o.opinion != QUALIFIED) {
            return IPassportRegistry.PassportOpinionAdverse.selector;
        }
        return 0;
    }

    /// @notice Whether the opinion is about this passport.
    /// @dev Validity is compared with the production date, never with the time of minting or reading.
    function judgeMint(Mint calldata m, OpinionWords calldata o) internal pure returns (bytes4 refusal) {
        if (m.opinionId != o.opinionId) return IPassportRegistry.PassportOpinionUnauthorised.selector;
        if (m.issuer != o.issuer) return IPassportRegistry.PassportOpinionIssuerDiffers.selector;
        if (m.product != o.product) return IPassportRegistry.PassportOpinionProductDiffers.selector;
        if (m.facility != o.facility) return IPassportRegistry.PassportOpinionFacilityDiffers.selector;
        if (m.method != o.method) return IPassportRegistry.PassportOpinionMethodDiffers.selector;
        if (m.footprint != o.footprint) return IPassportRegistry.PassportOpinionFootprintDiffers.selector;

        bool aboutBatch = o.coverage == BATCH;
        if (o.batch != (aboutBatch ? m.lot : bytes32(0))) return IPassportRegistry.PassportOpinionBatchDiffers.selector;

        // A product's period is the past that its figure rests on: goods made later are what it is used for, goods made
        // before it are not. A batch's period holds the batch.
        bool missed = m.producedFrom < o.periodStart || (aboutBatch && m.producedUntil > o.periodEnd);
        if (missed || o.periodStart >= o.periodEnd) return IPassportRegistry.PassportOpinionPeriodMissed.selector;
        if (m.producedFrom < o.validFrom || m.producedUntil > o.validUntil) {
            return IPassportRegistry.PassportOpinionNotValidThen.selector;
        }
        return 0;
    }
}

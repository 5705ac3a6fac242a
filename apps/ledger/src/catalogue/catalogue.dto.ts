import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';

/** `12`, `0.35`: a decimal without exponent, sign or needless zeros is what records hold. */
const DECIMAL = /^(0|[1-9]\d{0,23})(\.\d{1,24})?$/;
const NAME_LENGTH = 200;

/** Names in Chinese and English; at least one of them. */
export class NamesDto {
  @IsOptional()
  @IsString()
  @Length(1, NAME_LENGTH)
  zh?: string;

  @IsOptional()
  @IsString()
  @Length(1, NAME_LENGTH)
  en?: string;
}

export class QuantityDto {
  /** Decimal string. */
  @IsString()
  @Matches(DECIMAL, { message: 'must be a decimal string such as "12.5", not negative' })
  value!: string;

  /** `piece`, `kg`, … */
  @IsString()
  @Length(1, 20)
  unit!: string;
}

export class AmountDto {
  @IsString()
  @Matches(DECIMAL, { message: 'must be a decimal string such as "1", not negative' })
  amount!: string;

  @IsString()
  @Length(1, 20)
  unit!: string;
}

export class NewFacility {
  @IsString()
  @Matches(/^[a-z0-9-]{2,32}$/, { message: 'must be 2 to 32 lower-case letters, digits or hyphens' })
  slug!: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => NamesDto)
  names!: NamesDto;

  /** ISO 3166-1 alpha-2. */
  @IsString()
  @Matches(/^[A-Z]{2}$/, { message: 'must be two capital letters (ISO 3166-1), for instance CN' })
  country!: string;

  /** ISO 3166-2. */
  @IsString()
  @Matches(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, { message: 'must be an ISO 3166-2 code, for instance CN-ZJ' })
  subdivision!: string;

  /** Parts by name, for instance `{"street": "…", "city": "…"}`. */
  @IsOptional()
  @IsObject()
  address?: Record<string, string>;
}

export class PackagingDto {
  @IsString()
  @Length(1, 100)
  material!: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => QuantityDto)
  mass!: QuantityDto;
}

export class NewProduct {
  /** 8, 12, 13 or 14 digits with their check digit. Either this or `ownId`. */
  @IsOptional()
  @IsString()
  @MaxLength(20)
  gtin?: string;

  /** The maker's own identifier, for products without a barcode. */
  @IsOptional()
  @IsString()
  @Matches(/^[a-z0-9][a-z0-9-]{0,29}$/, {
    message: 'must be 1 to 30 lower-case letters, digits or hyphens, not starting with a hyphen',
  })
  ownId?: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => NamesDto)
  names!: NamesDto;

  /** The buyer's article number. Never public. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  buyerSku?: string;

  /** Combined nomenclature, 8 digits (spaces are taken out). */
  @IsString()
  @Matches(/^\d{4} ?\d{2} ?\d{2}$/, { message: 'must be a CN code of 8 digits, for instance 48236990' })
  cnCode!: string;

  /** What the footprint is per: `{"amount": "1", "unit": "piece"}`. */
  @IsDefined()
  @ValidateNested()
  @Type(() => AmountDto)
  declaredUnit!: AmountDto;

  /** Net mass of one declared unit, without packaging. */
  @IsDefined()
  @ValidateNested()
  @Type(() => QuantityDto)
  massPerUnit!: QuantityDto;

  /** Packaging of one declared unit. */
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => PackagingDto)
  packaging!: PackagingDto[];
}

/** RFC 3339, UTC, whole seconds. */
const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const INSTANT_MESSAGE = { message: 'must be a UTC time such as 2026-10-31T16:00:00Z' };

export class NewBatch {
  @IsUUID()
  product!: string;

  @IsUUID()
  facility!: string;

  /** AI 10: 1 to 20 characters of GS1 CSET 82. */
  @IsString()
  @MaxLength(100)
  lot!: string;

  @IsString()
  @Matches(INSTANT, INSTANT_MESSAGE)
  producedFrom!: string;

  /** The first second after production. */
  @IsString()
  @Matches(INSTANT, INSTANT_MESSAGE)
  producedUntil!: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => QuantityDto)
  quantity!: QuantityDto;
}

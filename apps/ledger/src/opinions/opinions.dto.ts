import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsEthereumAddress,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { NamesDto } from '../catalogue/catalogue.dto.ts';

const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

export class OpinionTemplateQuery {
  /** Address of the body's own key. */
  @IsEthereumAddress()
  body!: string;

  /** Address of the registrar that the body names. */
  @IsEthereumAddress()
  registrar!: string;

  /** Name of the independent reviewer. It enters the message under a salt and is never published. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  reviewer?: string;
}

export class NewOpinion {
  /** uuid of the footprint. */
  @IsUUID()
  footprint!: string;

  /** The signed typed data, all members as text (docs/formats/opinion.md). */
  @IsObject()
  message!: Record<string, string>;

  /** Text of the limitations; `message.limitations` is its SHA-256. Public. */
  @IsOptional()
  @IsString()
  @MaxLength(5000)
  limitationsText?: string;

  @IsString()
  @Length(1, 200)
  reviewer!: string;

  /** base64url of 32 bytes, as the template gave it. */
  @IsString()
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'must be base64url of 32 bytes, as the template gave it' })
  reviewerSalt!: string;

  /** The body's names. */
  @IsDefined()
  @ValidateNested()
  @Type(() => NamesDto)
  names!: NamesDto;

  /** 0x hex: 65 bytes of the body's key, or what its ERC-1271 wallet takes. */
  @IsString()
  @MaxLength(8194)
  @Matches(/^0x([0-9a-f]{2})+$/, { message: 'must be 0x and pairs of lower-case hex digits' })
  signature!: string;
}

export class AccreditationDto {
  @IsString()
  @Length(1, 200)
  body!: string;

  @IsString()
  @Length(1, 200)
  number!: string;
}

export class NewRegistration {
  /** The registrar's own address. */
  @IsEthereumAddress()
  registrar!: string;

  /** The body's address. */
  @IsEthereumAddress()
  body!: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => NamesDto)
  names!: NamesDto;

  /** ISO 3166-1; without it that of the body's organisation, else of the registrar's. */
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'must be two capital letters (ISO 3166-1), for instance CN' })
  country?: string;

  /** Who accredited the body, under which number; left out when nobody did. */
  @IsOptional()
  @ValidateNested()
  @Type(() => AccreditationDto)
  accreditation?: AccreditationDto;

  /** What the body may give opinions on. */
  @IsString()
  @Length(1, 2000)
  scope!: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  standards?: string[];

  @Matches(INSTANT, { message: 'must be a UTC time such as 2026-10-31T16:00:00Z' })
  validFrom!: string;

  @Matches(INSTANT, { message: 'must be a UTC time such as 2026-10-31T16:00:00Z' })
  validUntil!: string;
}

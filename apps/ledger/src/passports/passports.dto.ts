import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { MAX_ITEMS } from './items.ts';
import type { DisclosureProfile } from './passport.entity.ts';

const FRACTION = /^(0(\.\d{1,6})?|1(\.0{1,6})?)$/;
const FRACTION_MESSAGE = { message: 'must be a decimal string from "0" to "1"' };

export class MaterialDto {
  @IsString()
  @Length(1, 200)
  name!: string;

  @IsString()
  @Matches(FRACTION, FRACTION_MESSAGE)
  massFraction!: string;

  @IsString()
  @Matches(/^[A-Z]{2}$/, { message: 'must be two capital letters (ISO 3166-1), for instance CN' })
  originCountry!: string;

  @IsOptional()
  @IsString()
  @Matches(FRACTION, FRACTION_MESSAGE)
  recycledFraction?: string;
}

export class NewPassport {
  @IsUUID()
  batch!: string;

  @IsUUID()
  footprint!: string;

  @IsOptional()
  @IsUUID()
  opinion?: string;

  /** True: refuse to issue without an opinion. */
  @IsOptional()
  @IsBoolean()
  covered?: boolean;

  /** How many items get a serial of their own; none without it. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_ITEMS)
  items?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => MaterialDto)
  materials?: MaterialDto[];

  /** What the public may read; `ordinary` unless said otherwise. */
  @IsOptional()
  @IsIn(['ordinary', 'all-inputs'])
  disclosure?: DisclosureProfile;

  /** End of the passport's validity; five years from now unless said otherwise. */
  @IsOptional()
  @IsString()
  @Matches(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/, {
    message: 'must be a UTC time such as 2031-10-31T16:00:00Z',
  })
  validUntil?: string;
}

export class SerialsQuery {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  from?: number;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_ITEMS)
  count?: number;
}

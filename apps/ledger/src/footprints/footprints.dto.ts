import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsDefined,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';

const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const INSTANT_MESSAGE = { message: 'must be a UTC time such as 2025-12-31T16:00:00Z' };

export class PeriodDto {
  @IsString()
  @Matches(INSTANT, INSTANT_MESSAGE)
  start!: string;

  /** The first second after the period. */
  @IsString()
  @Matches(INSTANT, INSTANT_MESSAGE)
  end!: string;
}

export class NewFootprint {
  @IsUUID()
  product!: string;

  @IsUUID()
  facility!: string;

  /** Usually 12 months. */
  @IsDefined()
  @ValidateNested()
  @Type(() => PeriodDto)
  period!: PeriodDto;

  /** Confirmed imports of this product and facility. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  imports!: string[];

  /** What the items of the workbook mean; `moulded-pulp-tableware`. */
  @IsString()
  @Length(1, 60)
  template!: string;

  /** For a figure of one batch: its lot. */
  @IsOptional()
  @IsString()
  @Length(1, 20)
  lot?: string;
}

import {
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';

/** Fields beside the file, as text. */
export class ImportFields {
  @IsUUID()
  facility!: string;

  @IsUUID()
  product!: string;

  @IsIn(['workbook', 'meter-csv'])
  kind!: 'workbook' | 'meter-csv';

  /** Of a meter file: the production line it measures, or `shared`. */
  @IsOptional()
  @IsString()
  @Matches(/^(L[1-9]\d?|shared)$/, { message: 'must be L1 to L99, or shared' })
  line?: string;

  /** Of a meter file: the only year that is wanted. */
  @IsOptional()
  @IsInt()
  @Min(2000)
  @Max(2100)
  year?: number;

  /** What the items mean; the sector's template. */
  @IsOptional()
  @IsString()
  @Length(1, 60)
  template?: string;
}

export class ImportAnswers {
  /** Question id to answer code. */
  @IsObject()
  answers!: Record<string, string>;
}

import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';

const LINE = { message: 'must be one line of text' };

export class OrganisationNames {
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @Matches(/^\P{Cc}+$/u, LINE)
  zh?: string;

  @IsOptional()
  @IsString()
  @Length(1, 200)
  @Matches(/^\P{Cc}+$/u, LINE)
  en?: string;
}

export class NewOrganisation {
  /** Part of did:web names and codes, never changed: lower-case letters, digits, hyphens. */
  @Matches(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])$/, {
    message: 'must be 2 to 32 lower-case letters, digits or hyphens, no hyphen at either end',
  })
  slug: string;

  @IsIn(['exporter', 'body', 'registrar'])
  role: 'exporter' | 'body' | 'registrar';

  @ValidateNested()
  @Type(() => OrganisationNames)
  @IsObject()
  names: OrganisationNames;

  /** 统一社会信用代码, for organisations in China. */
  @IsOptional()
  @IsString()
  uscc?: string;

  @Matches(/^[A-Z]{2}$/, { message: 'must be an ISO 3166-1 code such as CN' })
  country: string;

  @IsOptional()
  @IsObject()
  address?: Record<string, string>;

  /** Of a body or registrar: the address of its own key. */
  @IsOptional()
  @IsString()
  ethAddress?: string;
}

import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { IfGiven } from '../../http/validation.js';

/** A token to give out. */
export class GiveTokenDto {
  @IsIn(['gateway', 'read-only'])
  kind!: 'gateway' | 'read-only';

  /** Whom a gateway may speak for. */
  @ValidateIf(({ kind, names }: GiveTokenDto) => kind === 'gateway' || names !== undefined)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  // ids of services are compared in lower case
  @Transform(({ value }: { value: unknown }) =>
    Array.isArray(value)
      ? value.map((name) => (typeof name === 'string' ? name.toLowerCase() : name))
      : value,
  )
  @Matches(/^[a-z0-9][a-z0-9._~-]{0,252}\*?$/, {
    each: true,
    message:
      'each of names must be the name of a provider, the id of a service, or the beginning of such followed by "*"',
  })
  names?: string[];

  @IfGiven()
  @IsString()
  @MaxLength(253)
  @Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'description must be text without control characters' })
  description?: string;
}

/** A page of tokens. */
export class ListTokensQuery {
  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  max_page_size: number = 1_000;

  @IfGiven()
  @IsString()
  page_token?: string;
}

import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsString,
  Matches,
  MaxLength,
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
  @Matches(/^[a-z0-9][a-z0-9._-]{0,251}([a-z0-9]|\*)?$/, {
    each: true,
    message: 'each of names must be the name of a provider, or the beginning of names followed by "*"',
  })
  names?: string[];

  @IfGiven()
  @IsString()
  @MaxLength(253)
  @Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'description must be text without control characters' })
  description?: string;
}

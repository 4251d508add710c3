import { ArrayMaxSize, IsArray, IsObject, IsString, MaxLength } from 'class-validator';
import { IfGiven } from '../http/validation.js';

/** A provider info update: what is stated replaces what was known, the rest stays. */
export class InfoUpdateDto {
  @IsString()
  @MaxLength(64)
  timestamp!: string;

  @IsObject()
  capacity!: Record<string, unknown>;

  @IfGiven()
  @IsObject()
  allocated?: Record<string, unknown>;

  @IfGiven()
  @IsArray()
  @ArrayMaxSize(1_000)
  @IsString({ each: true })
  @MaxLength(253, { each: true })
  capabilities?: string[];
}

import { ArrayMaxSize, IsArray, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';

/** A provider info update: what is stated replaces what was known, the rest stays. */
export class InfoUpdateDto {
  @IsString()
  @MaxLength(64)
  timestamp!: string;

  @IsObject()
  capacity!: Record<string, unknown>;

  @IsOptional()
  @IsObject()
  allocated?: Record<string, unknown>;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1_000)
  @IsString({ each: true })
  @MaxLength(253, { each: true })
  capabilities?: string[];
}

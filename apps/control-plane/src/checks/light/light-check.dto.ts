import { IsBoolean, IsIn, IsInt, IsString, Length, Max, Min, ValidateIf } from 'class-validator';
import { IfGiven } from '../../http/validation.js';

/** The longest id that is read, in characters: longer than that of any node can be. */
export const MAX_CHECK_ID = 1_024;

/** What a service says of itself. */
export class PassDto {
  @IsString()
  @Length(1, MAX_CHECK_ID)
  id!: string;

  @IsBoolean()
  pass!: boolean;

  /** Sent by stock clients; what was registered counts. */
  @ValidateIf((_object, value) => value !== undefined && value !== null)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  checkInterval?: number | null;
}

/** Which checks are asked for. */
export class LightChecksQuery {
  @IfGiven()
  @IsIn(['true', 'false', ''])
  stale?: string;
}

import { Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmptyObject, Max, Min, ValidateNested } from 'class-validator';
import { IfGiven } from '../../http/validation.js';
import { type Strategy, STRATEGIES } from '@vitals/core/placement';
import { RequirementDto } from '../placement.query.js';

/** Resources to hold at whichever provider is best. */
export class ReserveDto {
  @IsNotEmptyObject()
  @ValidateNested()
  @Type(() => RequirementDto)
  requirement!: RequirementDto;

  /** How long to hold them unless they are confirmed, in seconds. */
  @IsInt()
  @Min(1)
  @Max(86_400)
  ttl_seconds!: number;

  @IfGiven()
  @IsIn(STRATEGIES)
  strategy: Strategy = 'spread';

  @IfGiven()
  @IsInt()
  @Min(0)
  @Max(2 ** 32 - 1)
  seed: number = 0;
}

import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { IfGiven } from '../../http/validation.js';
import { PHASES } from '../provider.js';

/** A page of a list. */
export class PageQuery {
  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  max_page_size: number = 100;

  @IfGiven()
  @IsString()
  page_token?: string;
}

/** Which providers to list. */
export class ListProvidersQuery extends PageQuery {
  @IfGiven()
  @IsString()
  type?: string;

  @IfGiven()
  @IsIn(PHASES)
  phase?: string;

  @IfGiven()
  @IsIn(['Unknown', 'Available', 'Suspect', 'Unavailable'])
  availability?: string;

  @IfGiven()
  @IsString()
  zone?: string;

  @IfGiven()
  @IsString()
  capability?: string;

  @IfGiven()
  @Matches(/^[^=]+=.*$/, { each: true, message: 'label must be key=value' })
  label?: string | string[];
}

/** What changed since a transition. */
export class StatusListQuery extends PageQuery {
  @IfGiven()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  changed_since?: number;
}

import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { PHASES } from '../provider.js';

/** A page of a list. */
export class PageQuery {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  max_page_size: number = 100;

  @IsOptional()
  @IsString()
  page_token?: string;
}

/** Which providers to list. */
export class ListProvidersQuery extends PageQuery {
  @IsOptional()
  @IsString()
  type?: string;

  @IsOptional()
  @IsIn(PHASES)
  phase?: string;

  @IsOptional()
  @IsIn(['Unknown', 'Available', 'Suspect', 'Unavailable'])
  availability?: string;

  @IsOptional()
  @IsString()
  zone?: string;

  @IsOptional()
  @IsString()
  capability?: string;

  @IsOptional()
  @Matches(/^[^=]+=.*$/, { each: true, message: 'label must be key=value' })
  label?: string | string[];
}

/** What changed since a transition. */
export class StatusListQuery extends PageQuery {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  changed_since?: number;
}

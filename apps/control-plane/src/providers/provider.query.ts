import { IsIn, IsString } from 'class-validator';
import { LabelPairs, OptionalMember, WholeText } from '../http/members.js';
import { AVAILABILITIES } from './provider.schema.js';
import { PHASES } from './provider.js';

/** A page of a list. */
export class PageQuery {
  @OptionalMember(
    'The most that the page may have; it ends earlier when its items reach 1 MiB.',
    WholeText(1, 1_000),
  )
  max_page_size: number = 100;

  @OptionalMember('The next_page_token of the page before.', IsString())
  page_token?: string;
}

/** Which providers to list. */
export class ListProvidersQuery extends PageQuery {
  @OptionalMember('The service type.', IsString())
  type?: string;

  @OptionalMember('What it reported last.', IsIn(PHASES))
  phase?: string;

  @OptionalMember('What is known of it now.', IsIn(AVAILABILITIES))
  availability?: string;

  @OptionalMember('metadata.zone.', IsString())
  zone?: string;

  @OptionalMember('One that it has.', IsString())
  capability?: string;

  @OptionalMember('`key=value`; may be given more than once, and all must hold.', LabelPairs())
  label?: string | string[];
}

/** What changed since a transition. */
export class StatusListQuery extends PageQuery {
  @OptionalMember(
    'The sequence of an earlier answer, for only what changed since.',
    WholeText(0, Number.MAX_SAFE_INTEGER),
  )
  changed_since?: number;
}

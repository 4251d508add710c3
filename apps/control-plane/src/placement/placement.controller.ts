import { Controller, Get, Query } from '@nestjs/common';
import {
  answerOf,
  arrayParts,
  type JsonStream,
  type JsonText,
  memberParts,
  valuePart,
} from '../http/json-answer.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { Allow } from '../security/access.guard.js';
import { PlacementQuery, requirementOf } from './placement.query.js';
import { PlacementService } from './placement.service.js';
import { type CandidateBody, PlacementView } from './placement.view.js';

/** Who can take the work, best first. */
export interface CandidatesBody {
  readonly candidates: readonly CandidateBody[];
  /** Why the others cannot, counted by reason; only if it was asked for. */
  readonly excluded?: Readonly<Record<string, number>>;
  /** How many providers there are. */
  readonly considered: number;
}

/** Where work may go now. */
@Controller('placement')
export class PlacementController {
  constructor(
    private readonly service: PlacementService,
    private readonly view: PlacementView,
    private readonly directory: ProviderDirectory,
  ) {}

  @Get('candidates')
  @Allow('read')
  async candidates(
    @Query() query: PlacementQuery,
  ): Promise<JsonText<CandidatesBody> | JsonStream<CandidatesBody>> {
    const requirement = requirementOf(query);
    const excluded = query.explain === 'true' ? await this.service.explain(requirement, 'used') : undefined;
    const found = this.service.find(requirement, query);
    return answerOf<CandidatesBody>(
      memberParts({
        candidates: arrayParts(found, (one) => this.view.candidate(one)),
        excluded: excluded && valuePart(excluded),
        considered: valuePart(this.directory.size),
      }),
      found.length,
    );
  }
}

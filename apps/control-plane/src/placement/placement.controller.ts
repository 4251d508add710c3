import { Controller, Get, Query } from '@nestjs/common';
import {
  answerOf,
  arrayParts,
  type JsonStream,
  type JsonText,
  memberParts,
  valuePart,
} from '../http/json-answer.js';
import { chapter } from '../http/operation.js';
import * as s from '../http/schema.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { Allow } from '../security/access.guard.js';
import { PlacementQuery, requirementOf } from './placement.dto.js';
import { PlacementService } from './placement.service.js';
import { CandidateBody, PlacementView } from './placement.view.js';

const CandidatesBody = s.object(
  'CandidateList',
  'Where work may go now, the best first.',
  { candidates: s.listOf(s.ref(CandidateBody)), considered: s.whole('Providers that there are.', 0) },
  { excluded: s.EXCLUDED },
);
type CandidatesBody = s.Of<typeof CandidatesBody>;

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

chapter('Placement', PlacementController, {
  candidates: {
    id: 'findCandidates',
    summary: 'Finds providers that can take work now',
    answers: { 200: 'Those that fit, the best first.' },
    body: CandidatesBody,
  },
});

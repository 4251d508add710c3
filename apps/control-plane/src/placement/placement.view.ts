import { Injectable } from '@nestjs/common';
import { type Found, freeOf } from '@vitals/core/placement';
import * as s from '../http/schema.js';
import type { Provider } from '../providers/provider.js';
import { Capacities, NAME } from '../providers/provider.schema.js';
import { AVAILABILITY, ProviderView } from '../providers/provider.view.js';
import { PlacementService } from './placement.service.js';

/** Where a provider of a candidate or of a reservation is. */
export const ENDPOINT = s.text('Where it is reached.', { format: 'uri' });
export const ZONE = s.orNull(s.text('As it was registered.'));

/** A provider that can take the work. */
export const CandidateBody = s.object('Candidate', 'A provider that can take the work.', {
  name: NAME,
  endpoint: ENDPOINT,
  zone: ZONE,
  free: s.ref(Capacities),
  score: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'By the strategy; the best comes first.',
  } as s.Schema<number>,
  availability: AVAILABILITY,
});
export type CandidateBody = s.Of<typeof CandidateBody>;

/** How what placement has found is told. */
@Injectable()
export class PlacementView {
  constructor(
    private readonly service: PlacementService,
    private readonly view: ProviderView,
  ) {}

  candidate({ entry, score }: Found<Provider>): CandidateBody {
    return {
      name: entry.name,
      endpoint: entry.endpoint,
      zone: entry.zone ?? null,
      free: freeOf(entry.capacity, this.service.placement.used(entry)),
      score: Math.round(score * 1e6) / 1e6,
      availability: this.view.availability(entry),
    };
  }
}

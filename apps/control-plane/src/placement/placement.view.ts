import { Injectable } from '@nestjs/common';
import { type Capacity, type Found, freeOf } from '@vitals/core/placement';
import type { Availability } from '@vitals/core/transition';
import type { Provider } from '../providers/provider.js';
import { ProviderView } from '../providers/reading/provider.view.js';
import { PlacementService } from './placement.service.js';

/** A provider that can take the work. Field names are those of the wire. */
export interface CandidateBody {
  readonly name: string;
  readonly endpoint: string;
  readonly zone: string | null;
  readonly free: Capacity;
  readonly score: number;
  readonly availability: Availability;
}

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

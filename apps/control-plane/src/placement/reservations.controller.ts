import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { Reservation, Strategy } from '@vitals/core/placement';
import { Clock, formatTimestamp } from '@vitals/core/time';
import { IsNotEmptyObject } from 'class-validator';
import { PassedTime } from '../database/passed-time.js';
import { Member, Nested, Whole } from '../http/members.js';
import { chapter, WRITING } from '../http/operation.js';
import * as s from '../http/schema.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { Capacities, NAME } from '../providers/provider.schema.js';
import { Allow } from '../security/access.guard.js';
import {
  ENDPOINT,
  RequirementDto,
  requirementOf,
  SeedMember,
  StrategyMember,
  ZONE,
} from './placement.controller.js';
import { ReservationsService } from './reservations.service.js';

/** Resources to hold at whichever provider is best. */
export class ReserveDto {
  @Member({}, IsNotEmptyObject(), Nested(() => RequirementDto))
  requirement!: RequirementDto;

  @Member('How long to hold it unless it is confirmed.', Whole(1, 86_400))
  ttl_seconds!: number;

  @StrategyMember()
  strategy: Strategy = 'spread';

  @SeedMember(Whole)
  seed: number = 0;
}

const ReservedProvider = s.object('ReservedProvider', 'The provider whose resources are held.', {
  name: NAME,
  endpoint: ENDPOINT,
  zone: ZONE,
});

const STATES = s.enumeration('ReservationState', ['held', 'confirmed', 'released', 'expired']);

const ReservationBody = s.object('Reservation', 'Resources of one provider that are held for one caller.', {
  id: s.text('By which it is confirmed and released.'),
  state: s.oneOf(STATES, 'What became of it.'),
  provider: s.ref(ReservedProvider),
  resources: s.ref(Capacities),
  expires_at: s.orNull(s.time('When it ends by itself; null once it is confirmed.')),
});
type ReservationBody = s.Of<typeof ReservationBody>;

/** Holding resources for a caller who is about to use them. */
@Controller('placement/reservations')
export class ReservationsController {
  constructor(
    private readonly service: ReservationsService,
    private readonly directory: ProviderDirectory,
    private readonly clock: Clock,
    private readonly passed: PassedTime,
  ) {}

  @Post()
  async reserveResources(
    @Body() { requirement, ttl_seconds: ttlSeconds, ...choice }: ReserveDto,
  ): Promise<ReservationBody> {
    const needed = requirementOf(requirement, '/requirement');
    return this.bodyOf(await this.service.reserve(needed, choice, ttlSeconds * 1_000));
  }

  @Get(':id')
  @Allow('read')
  readReservation(@Param('id') id: string): ReservationBody {
    return this.bodyOf(this.service.get(id));
  }

  @Post(':id/confirm')
  @HttpCode(200)
  async confirmReservation(@Param('id') id: string): Promise<ReservationBody> {
    return this.bodyOf(await this.service.confirm(id));
  }

  @Delete(':id')
  @HttpCode(204)
  releaseReservation(@Param('id') id: string): Promise<void> {
    return this.service.release(id);
  }

  private bodyOf({ id, state, provider: name, resources, expiresAtMs }: Reservation): ReservationBody {
    const { endpoint, zone } = this.directory.get(name);
    const endsAtMs = Math.round(this.clock.wallMs() + expiresAtMs - this.passed.nowMs());
    return {
      id,
      state,
      provider: { name, endpoint, zone: zone ?? null },
      resources,
      expires_at: state === 'held' ? formatTimestamp(endsAtMs) : null,
    };
  }
}

chapter('Placement', ReservationsController, {
  reserveResources: {
    summary: 'Holds resources at the best provider',
    description: 'Two callers never get the same last slot. What is not confirmed in time ends by itself.',
    answers: { 201: ['They are held.', ReservationBody] },
    refusals: ['no-candidate', ...WRITING],
  },
  readReservation: {
    summary: 'Reads a reservation',
    answers: { 200: ['The reservation.', ReservationBody] },
    refusals: ['reservation-not-found'],
  },
  confirmReservation: {
    summary: 'Keeps a reservation until it is released',
    answers: { 200: ['It is kept.', ReservationBody] },
    refusals: ['reservation-not-found', 'reservation-expired', ...WRITING],
  },
  releaseReservation: {
    summary: 'Ends a reservation',
    answers: { 204: 'It has ended.' },
    refusals: ['reservation-not-found', ...WRITING],
  },
});

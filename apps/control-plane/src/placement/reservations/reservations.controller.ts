import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import type { Capacity, Reservation, ReservationState } from '@vitals/core/placement';
import { Clock, formatTimestamp, RunningClock } from '@vitals/core/time';
import { ProviderDirectory } from '../../providers/provider.directory.js';
import { Allow } from '../../security/access.guard.js';
import { requirementOf } from '../placement.query.js';
import { ReserveDto } from './reservation.dto.js';
import { ReservationsService } from './reservations.service.js';

/** A reservation. Field names are those of the wire. */
export interface ReservationBody {
  readonly id: string;
  readonly state: ReservationState;
  readonly provider: { readonly name: string; readonly endpoint: string; readonly zone: string | null };
  readonly resources: Capacity;
  /** `null` once it is confirmed: it lasts until it is released. */
  readonly expires_at: string | null;
}

/** Holding resources for a caller who is about to use them. */
@Controller('placement/reservations')
export class ReservationsController {
  constructor(
    private readonly service: ReservationsService,
    private readonly directory: ProviderDirectory,
    private readonly clock: Clock,
    private readonly running: RunningClock,
  ) {}

  @Post()
  async reserve(
    @Body() { requirement, ttl_seconds: ttlSeconds, ...choice }: ReserveDto,
  ): Promise<ReservationBody> {
    const needed = requirementOf(requirement, '/requirement');
    return this.bodyOf(await this.service.reserve(needed, choice, ttlSeconds * 1_000));
  }

  @Get(':id')
  @Allow('read')
  read(@Param('id') id: string): ReservationBody {
    return this.bodyOf(this.service.get(id));
  }

  @Post(':id/confirm')
  @HttpCode(200)
  async confirm(@Param('id') id: string): Promise<ReservationBody> {
    return this.bodyOf(await this.service.confirm(id));
  }

  @Delete(':id')
  @HttpCode(204)
  release(@Param('id') id: string): Promise<void> {
    return this.service.release(id);
  }

  private bodyOf({ id, state, provider: name, resources, expiresAtMs }: Reservation): ReservationBody {
    const { endpoint, zone } = this.directory.get(name);
    const endsAtMs = Math.round(this.clock.wallMs() + expiresAtMs - this.running.nowMs());
    return {
      id,
      state,
      provider: { name, endpoint, zone: zone ?? null },
      resources,
      expires_at: state === 'held' ? formatTimestamp(endsAtMs) : null,
    };
  }
}

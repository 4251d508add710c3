import { Body, Controller, Param, Patch } from '@nestjs/common';
import { Clock, formatTimestamp, tryParseTimestamp } from '@vitals/core/time';
import { invalid } from '../http/validation.js';
import { ProvidersService } from '../providers/providers.service.js';
import { readCapacity } from '../providers/resources.js';
import { InfoUpdateDto } from './info.dto.js';

/** The low-frequency half of the dual heartbeat. It is no sign of life, and renews nothing. */
@Controller()
export class InfoController {
  constructor(
    private readonly providers: ProvidersService,
    private readonly clock: Clock,
  ) {}

  @Patch('providers/:name/resources')
  async update(
    @Param('name') name: string,
    @Body() body: InfoUpdateDto,
  ): Promise<{ last_synced_at: string }> {
    if (tryParseTimestamp(body.timestamp) === undefined) {
      throw invalid([
        { pointer: '/timestamp', detail: 'must be an RFC 3339 timestamp such as "2026-01-31T10:00:00Z"' },
      ]);
    }
    const capacity = readCapacity(body.capacity, '/capacity');
    const allocated = readCapacity(body.allocated ?? {}, '/allocated');
    const syncedAtMs = this.clock.wallMs();
    await this.providers.updateInfo(name, (info) => ({
      capacity: { ...info.capacity, ...capacity },
      allocated: { ...info.allocated, ...allocated },
      capabilities: body.capabilities ?? info.capabilities,
      syncedAtMs,
    }));
    return { last_synced_at: formatTimestamp(syncedAtMs) };
  }
}

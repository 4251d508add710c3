import { Body, Controller, Param, Patch } from '@nestjs/common';
import { Clock, formatTimestamp } from '@vitals/core/time';
import { RegistrationService } from '../providers/registration/registration.service.js';
import { readCapacity } from '../providers/resources.js';
import { Allow } from '../security/access.guard.js';
import { InfoUpdateDto } from './info.dto.js';
import { readTimestamp } from './timestamp.js';

/** The low-frequency half of the dual heartbeat. It is no sign of life, and renews nothing. */
@Controller()
export class InfoController {
  constructor(
    private readonly registrations: RegistrationService,
    private readonly clock: Clock,
  ) {}

  @Patch('providers/:name/resources')
  @Allow('speak')
  async update(
    @Param('name') name: string,
    @Body() body: InfoUpdateDto,
  ): Promise<{ last_synced_at: string }> {
    readTimestamp(body.timestamp);
    const capacity = readCapacity(body.capacity, '/capacity');
    const allocated = body.allocated && readCapacity(body.allocated, '/allocated');
    const syncedAtMs = this.clock.wallMs();
    await this.registrations.updateInfo(name, (info) => ({
      capacity: { ...info.capacity, ...capacity },
      allocated: allocated ? { ...info.allocated, ...allocated } : info.allocated,
      capabilities: body.capabilities ?? info.capabilities,
      syncedAtMs,
    }));
    return { last_synced_at: formatTimestamp(syncedAtMs) };
  }
}

import { Body, Controller, Param, Patch } from '@nestjs/common';
import { formatTimestamp } from '@vitals/core/time';
import { ArrayMaxSize, IsArray, IsObject } from 'class-validator';
import { Member, OptionalMember, Text, TextOfEach } from '../http/members.js';
import { chapter, OF_A_PROVIDER, WRITING } from '../http/operation.js';
import * as s from '../http/schema.js';
import { RegistrationService } from '../providers/registration.service.js';
import { Amounts, readCapacity } from '../providers/provider.schema.js';
import { Allow } from '../security/access.guard.js';
import { readTimestamp } from './heartbeat.schema.js';

/** A provider info update: what is stated replaces what was known, the rest stays. */
export class InfoUpdateDto {
  @Member({ format: 'date-time', description: "RFC 3339, by the provider's clock." }, Text(0, 64))
  timestamp!: string;

  @Member({ ...s.ref(Amounts), description: 'What it has.' }, IsObject())
  capacity!: Record<string, unknown>;

  @OptionalMember({ ...s.ref(Amounts), description: 'What of it is taken.' }, IsObject())
  allocated?: Record<string, unknown>;

  @OptionalMember('In place of those known before.', IsArray(), ArrayMaxSize(1_000), TextOfEach(253))
  capabilities?: string[];
}

const InfoUpdated = s.object('InfoUpdated', 'An update that was accepted.', {
  last_synced_at: s.time('When it was accepted.'),
});

/** The low-frequency half of the dual heartbeat. It is no sign of life, and renews nothing. */
@Controller()
export class InfoController {
  constructor(private readonly registrations: RegistrationService) {}

  @Patch('providers/:name/resources')
  @Allow('speak')
  async updateProviderResources(
    @Param('name') name: string,
    @Body() body: InfoUpdateDto,
  ): Promise<s.Of<typeof InfoUpdated>> {
    readTimestamp(body.timestamp);
    const capacity = readCapacity(body.capacity, '/capacity');
    const allocated = body.allocated && readCapacity(body.allocated, '/allocated');
    const { capabilities } = body;
    const { syncedAtMs } = await this.registrations.updateInfo(name, { capacity, allocated, capabilities });
    return { last_synced_at: formatTimestamp(syncedAtMs) };
  }
}

chapter('Heartbeats', InfoController, {
  updateProviderResources: {
    summary: 'Updates what is known of the resources of a provider',
    description:
      'What is stated replaces what was known, the rest stays. It is not a heartbeat, and does not renew the lease.',
    answers: { 200: ['It was accepted.', InfoUpdated] },
    refusals: [...OF_A_PROVIDER, ...WRITING],
  },
});

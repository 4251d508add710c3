import { Global, Module } from '@nestjs/common';
import { Clock } from '@vitals/core/time';
import { ProviderHealthModule } from '@vitals/provider-health';
import { OutboundModule } from '../outbound/outbound.module.js';
import { Settings } from '../settings/settings.js';
import { ProviderHealthController } from './provider-health.controller.js';
import { ProviderPolls, SilenceEvidence } from './provider.polls.js';
import { SharedPolls } from './shared.polls.js';

/** The health of providers that want to be polled. */
@Global()
@Module({
  imports: [
    OutboundModule,
    ProviderHealthModule.forRootAsync({
      inject: [Settings, Clock],
      useFactory: ({ polls }: Settings, clock: Clock) => ({
        pollInterval: polls.intervalMs,
        // the request ends first, so that the cache hears why
        checkTimeout: polls.timeoutMs + GRACE_MS,
        clock,
      }),
    }),
  ],
  controllers: [ProviderHealthController],
  providers: [ProviderPolls, SharedPolls, SilenceEvidence],
  exports: [SilenceEvidence],
})
export class ProviderHealthStage {}

/** In milliseconds. */
const GRACE_MS = 250;

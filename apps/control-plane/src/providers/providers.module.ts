import { Global, Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { CredentialHolders } from '../security/caller.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { ProviderDirectory } from './provider.directory.js';
import { ProviderView } from './reading/provider.view.js';
import { ReadingController } from './reading/reading.controller.js';
import { ProviderLimit } from './registration/provider.limit.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationService } from './registration/registration.service.js';

/** Who the providers are. */
@Global()
@Module({
  imports: [OutboundModule],
  controllers: [RegistrationController, ReadingController, OrdersController],
  providers: [
    ProviderDirectory,
    ProviderView,
    ProviderLimit,
    RegistrationService,
    OrdersService,
    { provide: CredentialHolders, useExisting: ProviderDirectory },
  ],
  exports: [
    ProviderDirectory,
    ProviderView,
    ProviderLimit,
    RegistrationService,
    OrdersService,
    CredentialHolders,
  ],
})
export class ProvidersModule {}

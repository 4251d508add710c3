import { Global, Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { CredentialHolders } from '../security/caller.js';
import { OperationsController } from './operations.controller.js';
import { OperationsService } from './operations.service.js';
import { ProviderDirectory } from './provider.directory.js';
import { ProviderView } from './provider.view.js';
import { ProvidersController } from './providers.controller.js';
import { RegistrationController } from './registration.controller.js';
import { RegistrationService } from './registration.service.js';

/** Who the providers are. */
@Global()
@Module({
  imports: [OutboundModule],
  controllers: [RegistrationController, ProvidersController, OperationsController],
  providers: [
    ProviderDirectory,
    ProviderView,
    RegistrationService,
    OperationsService,
    { provide: CredentialHolders, useExisting: OperationsService },
  ],
  exports: [ProviderDirectory, ProviderView, RegistrationService, OperationsService, CredentialHolders],
})
export class ProvidersModule {}

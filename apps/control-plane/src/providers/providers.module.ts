import { Global, Module } from '@nestjs/common';
import { ProviderDirectory } from './provider.directory.js';
import { ProviderView } from './provider.view.js';
import { ProvidersController } from './providers.controller.js';
import { ProvidersService } from './providers.service.js';

/** Who the providers are. */
@Global()
@Module({
  controllers: [ProvidersController],
  providers: [ProviderDirectory, ProviderView, ProvidersService],
  exports: [ProviderDirectory, ProviderView, ProvidersService],
})
export class ProvidersModule {}

import { Global, Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { ServicesController, SubscriptionsController } from './services.controller.js';
import { RememberedServices } from './remembered.services.js';
import { ServiceDirectory } from './service.directory.js';
import { ServiceRegistry } from './service.registry.js';
import { SubscriptionsService } from './subscriptions/subscriptions.service.js';

/** Which services are registered; `ServiceChecks` comes from the stage that checks them. */
@Global()
@Module({
  imports: [OutboundModule],
  controllers: [ServicesController, SubscriptionsController],
  providers: [ServiceDirectory, RememberedServices, ServiceRegistry, SubscriptionsService],
  exports: [ServiceDirectory, RememberedServices, ServiceRegistry],
})
export class ServicesModule {}

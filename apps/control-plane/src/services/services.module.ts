import { Controller, Get, Global, Header, HttpException, Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { Allow } from '../security/access.guard.js';
import { ServicesController } from './services.controller.js';
import { RememberedServices } from './remembered.services.js';
import { ServiceDirectory } from './service.directory.js';
import { ServiceRegistry } from './service.registry.js';
import { SubscriptionsService } from './subscriptions/subscriptions.service.js';

/** RFC 9110 section 15.5.22. */
const UPGRADE_REQUIRED = 426;

/** What is said to whoever asks for the WebSocket without asking for one; see `SubscriptionsService`. */
@Controller()
export class SubscriptionsController {
  @Get('ws')
  @Header('upgrade', 'websocket')
  @Allow('lookup')
  refuse(): never {
    const detail = 'this is a WebSocket: connect with a WebSocket client, and send subscriptions as text';
    throw new HttpException(detail, UPGRADE_REQUIRED);
  }
}

/** Which services are registered; `ServiceChecks` comes from the stage that checks them. */
@Global()
@Module({
  imports: [OutboundModule],
  controllers: [ServicesController, SubscriptionsController],
  providers: [ServiceDirectory, RememberedServices, ServiceRegistry, SubscriptionsService],
  exports: [ServiceDirectory, RememberedServices, ServiceRegistry],
})
export class ServicesModule {}

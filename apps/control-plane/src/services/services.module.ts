import { Global, Module } from '@nestjs/common';
import { ServiceDirectory } from './service.directory.js';
import { ServiceRecovery } from './service.recovery.js';
import { ServiceRegistry } from './service.registry.js';

/** Which services are registered; `ServiceChecks` comes from the stage that checks them. */
@Global()
@Module({
  providers: [ServiceDirectory, ServiceRecovery, ServiceRegistry],
  exports: [ServiceDirectory, ServiceRecovery, ServiceRegistry],
})
export class ServicesModule {}

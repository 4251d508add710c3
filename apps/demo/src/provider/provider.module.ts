import { type DynamicModule, Module } from '@nestjs/common';
import { HealthModule } from '@vitals/health';
import { HeartbeatModule } from '@vitals/heartbeat';
import { DiskComponent } from './disk.component.js';
import { FaultsController } from './faults.controller.js';
import { Faults } from './faults.js';

/** A provider: what makes it one are the two imports. */
@Module({})
export class ProviderModule {
  static forRoot(name: string, controlPlane: string, endpoint: string): DynamicModule {
    return {
      module: ProviderModule,
      imports: [
        HealthModule.forRoot({ appId: name }),
        HeartbeatModule.forRoot({
          controlPlane,
          name,
          register: { endpoint, service_type: 'vm', schema_version: 'v1', metadata: { zone: 'demo' } },
          info: () => ({ capacity: { cpu: 8, memory: '32GB', storage: '1TB' }, capabilities: ['demo'] }),
        }),
      ],
      controllers: [FaultsController],
      providers: [Faults, DiskComponent],
    };
  }
}

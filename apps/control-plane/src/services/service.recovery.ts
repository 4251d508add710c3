import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CheckStore } from '../database/check.store.js';
import { RecoveredState } from '../database/recovered.state.js';
import { RememberedServices } from './remembered.services.js';
import { ServiceDirectory } from './service.directory.js';
import { Service } from './service.js';

/** Takes the nodes of before a restart back, and what is remembered of removed ones, before anything else is served. None is critical before its check says so. */
@Injectable()
export class ServiceRecovery implements OnModuleInit {
  private reading: Promise<void> | undefined;

  constructor(
    private readonly recovered: RecoveredState,
    private readonly store: CheckStore,
    private readonly directory: ServiceDirectory,
    private readonly remembered: RememberedServices,
  ) {}

  onModuleInit(): Promise<void> {
    return this.read();
  }

  /** Resolves when all nodes are in the directory; read once, for whoever must come after. @throws VitalsError `store-unavailable` */
  read(): Promise<void> {
    return (this.reading ??= this.load());
  }

  private async load(): Promise<void> {
    await this.recovered.read();
    for (const { service, leftMs } of await this.store.remembered())
      this.remembered.remember(service, leftMs);
    for await (const services of this.store.services()) {
      for (const stored of services) {
        const service = new Service(stored);
        this.directory.add(service);
        this.directory.noteChange(service);
      }
    }
  }
}

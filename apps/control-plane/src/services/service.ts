import type { RegisteredCheck, StoredService } from '../database/check.change.js';
import type { ServiceNode } from '../api-docs/schemas/services.js';
import { checkIdOf, groupOf } from './check-id.js';

/** A node of a service in memory. */
export class Service implements ServiceNode {
  readonly key: number;
  readonly serviceId: string;
  readonly tag?: string;
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  /** `serviceId`, or `serviceId|tag`. */
  readonly group: string;
  /** The id of its check, whether it has one or not. */
  readonly id: string;

  name!: string | undefined;
  check!: RegisteredCheck | undefined;
  registeredAtMs!: number;
  /** Its check says that it must not be used; whoever sets it tells the directory. */
  critical = false;
  removed = false;

  constructor(stored: StoredService) {
    const { key, serviceId, tag, protocol, address, port } = stored;
    this.key = key;
    this.serviceId = serviceId;
    if (tag !== undefined) this.tag = tag;
    this.protocol = protocol;
    this.address = address;
    this.port = port;
    this.group = groupOf(this);
    this.id = checkIdOf(this);
    this.registeredAgain(stored);
  }

  /** As it is kept. */
  get stored(): StoredService {
    const { key, serviceId, tag, protocol, address, port, name, check, registeredAtMs } = this;
    return {
      key,
      serviceId,
      ...(tag !== undefined && { tag }),
      protocol,
      address,
      port,
      ...(name !== undefined && { name }),
      ...(check && { check }),
      registeredAtMs,
    };
  }

  /** Takes what the same node says when it registers again; what its check found is for its check to forget. */
  registeredAgain({ name, check, registeredAtMs }: StoredService): void {
    this.name = name;
    this.check = check;
    this.registeredAtMs = registeredAtMs;
  }
}

import type { HttpTarget } from '@vitals/core/check';
import { checkIdOf, type CheckIdReading, groupOf, hostOf, readCheckId, shortIdOf } from './check-id.js';
import type { InstancePlace, RegisteredCheck, ServiceRegistration, StoredInstance } from './service.rows.js';

/** An instance of a service in memory. */
export class ServiceInstance implements InstancePlace {
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

  constructor(stored: StoredInstance) {
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
  get stored(): StoredInstance {
    const { key, name, check, registeredAtMs } = this;
    return {
      key,
      ...placeOf(this),
      ...(name !== undefined && { name }),
      ...(check && { check }),
      registeredAtMs,
    };
  }

  /** Accepts what the same instance says when it registers again; what its check found is for its check to forget. */
  registeredAgain({ name, check, registeredAtMs }: StoredInstance): void {
    this.name = name;
    this.check = check;
    this.registeredAtMs = registeredAtMs;
  }
}

/** Where an instance is reached, and nothing else of it. */
export function placeOf({ serviceId, tag, protocol, address, port }: InstancePlace): InstancePlace {
  return { serviceId, ...(tag !== undefined && { tag }), protocol, address, port };
}

/**
 * Where the HTTP check of an instance asks: `{protocol}://{address}:{port}{healthPath}{serviceId}`, as
 * light-controller does it.
 */
export function healthUrlOf({ protocol, address, port, check, serviceId }: ServiceRegistration): string {
  return `${protocol}://${hostOf(address)}:${port}${check?.healthPath ?? ''}${serviceId}`;
}

/** What the HTTP check of an instance probes: healthy is 200 and nothing else. `undefined` for a TTL, and for no check. */
export function httpTargetOf(instance: ServiceRegistration): HttpTarget | undefined {
  if (!instance.check?.healthPath) return undefined;
  return {
    kind: 'http',
    url: healthUrlOf(instance),
    method: 'GET',
    headers: {},
    expectedCodes: [{ first: 200, last: 200 }],
    tlsSkipVerify: instance.check.tlsSkipVerify,
  };
}

/** Instances by the ids of their checks, with and without the protocol. */
export class InstanceIndex<T extends InstancePlace & { readonly registeredAtMs: number }> {
  private readonly byId = new Map<string, T>();
  /** Without the protocol. */
  private readonly byShortId = new Map<string, readonly T[]>();

  get size(): number {
    return this.byId.size;
  }

  /** In the order in which they were added. */
  values(): Iterable<T> {
    return this.byId.values();
  }

  /** The instance that has the same place, service and tag. */
  known(place: InstancePlace): T | undefined {
    return this.byId.get(checkIdOf(place));
  }

  /**
   * The instance that the id of a check is for, with or without the protocol. Without it there may be several at the
   * same address and port: then it is the one that was registered last, for a port has one server.
   */
  find(id: string): T | undefined {
    for (const reading of readCheckId(id)) {
      const instance = this.of(reading);
      if (instance) return instance;
    }
    return undefined;
  }

  /** Adds an instance whose id is not among them. */
  add(instance: T): void {
    this.byId.set(checkIdOf(instance), instance);
    const short = shortIdOf(instance);
    this.byShortId.set(short, [...(this.byShortId.get(short) ?? []), instance]);
  }

  /** Removes an instance that is among them. */
  remove(instance: T): void {
    this.byId.delete(checkIdOf(instance));
    const short = shortIdOf(instance);
    const others = (this.byShortId.get(short) ?? []).filter((other) => other !== instance);
    if (others.length > 0) this.byShortId.set(short, others);
    else this.byShortId.delete(short);
  }

  private of({ protocol, ...place }: CheckIdReading): T | undefined {
    if (protocol !== undefined) return this.byId.get(checkIdOf({ ...place, protocol }));
    return this.byShortId
      .get(shortIdOf(place))
      ?.reduce((last, next) => (next.registeredAtMs >= last.registeredAtMs ? next : last));
  }
}

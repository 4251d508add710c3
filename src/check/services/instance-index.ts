import { checkIdOf, type CheckIdReading, type InstancePlace, readCheckId, shortIdOf } from './instance-id.js';

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

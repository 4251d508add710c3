import type { ServiceNode } from '../api-docs/schemas/services.js';
import { checkIdOf, type CheckIdReading, readCheckId, shortIdOf } from './check-id.js';

/** What an index has to know of a node besides where it is. */
export type IndexedNode = ServiceNode & { readonly registeredAtMs: number };

/** Nodes by the ids of their checks, with and without the protocol. */
export class NodeIndex<T extends IndexedNode> {
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

  /** The node that has the same place, service and tag. */
  known(node: ServiceNode): T | undefined {
    return this.byId.get(checkIdOf(node));
  }

  /**
   * The node that the id of a check is for, with or without the protocol. Without it there may be several at the
   * same address and port: then it is the one that was registered last, for a port has one server.
   */
  find(id: string): T | undefined {
    for (const reading of readCheckId(id)) {
      const node = this.of(reading);
      if (node) return node;
    }
    return undefined;
  }

  /** Adds a node whose id is not among them. */
  add(node: T): void {
    this.byId.set(checkIdOf(node), node);
    const short = shortIdOf(node);
    this.byShortId.set(short, [...(this.byShortId.get(short) ?? []), node]);
  }

  /** Takes out a node that is among them. */
  remove(node: T): void {
    this.byId.delete(checkIdOf(node));
    const short = shortIdOf(node);
    const others = (this.byShortId.get(short) ?? []).filter((other) => other !== node);
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

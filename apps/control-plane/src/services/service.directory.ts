import { Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { ServiceNode } from '../api-docs/schemas/services.js';
import { hostOf } from './address.js';
import { groupOf } from './check-id.js';
import { NodeIndex } from './node.index.js';
import type { NodeBody } from './service.dto.js';
import type { Service } from './service.js';

/** A group and its nodes, as they were at some time. */
export interface ListedGroup {
  readonly group: string;
  readonly nodes: readonly Service[];
}

/** All nodes of all services, in memory: what every read is answered from. */
@Injectable()
export class ServiceDirectory {
  private readonly byKey = new Map<number, Service>();
  private readonly nodes = new NodeIndex<Service>();
  private readonly groups = new Map<string, Set<Service>>();
  /** Those that are shown to whoever looks their group up. */
  private readonly visible = new Set<Service>();
  private listedGroups: readonly ListedGroup[] | undefined;
  private readonly changedSubject = new Subject<string>();
  private lastKey = 0;

  /** Groups whose list of visible nodes has changed. Told after the change, in the same turn. */
  readonly changed = this.changedSubject.asObservable();

  get size(): number {
    return this.byKey.size;
  }

  /** A number for a node that is new. */
  nextKey(): number {
    return ++this.lastKey;
  }

  /** The node of this number in the store. */
  ofKey(key: number): Service | undefined {
    return this.byKey.get(key);
  }

  /** The registered node that has the same place, service and tag. */
  known(node: ServiceNode): Service | undefined {
    return this.nodes.known(node);
  }

  /**
   * The node that the id of a check is for, with or without the protocol. Without it there may be several at the
   * same address and port: then it is the one that was registered last, for a port has one server.
   */
  find(id: string): Service | undefined {
    return this.nodes.find(id);
  }

  /** The nodes of a group that are not critical, in the order of their registration; `undefined` for no such group. */
  lookup(serviceId: string, tag?: string): readonly Service[] | undefined {
    const group = this.groups.get(groupOf(tag === undefined ? { serviceId } : { serviceId, tag }));
    return group && [...group].filter(({ critical }) => !critical);
  }

  /** The nodes that are shown of a group: those of `lookup`, and none if there is no such group. */
  shown(group: string): readonly Service[] {
    return [...(this.groups.get(group) ?? [])].filter(({ critical }) => !critical);
  }

  /**
   * Every group and all of its nodes, also those that are critical. What is returned does not change, and is shared
   * by all who ask before a node comes or goes.
   */
  listed(): readonly ListedGroup[] {
    return (this.listedGroups ??= [...this.groups].map(([group, nodes]) => ({ group, nodes: [...nodes] })));
  }

  /** Every node. */
  services(): Iterable<Service> {
    return this.byKey.values();
  }

  /** Puts a node in; `noteChange` tells of it, once everything else that belongs to it is there. */
  add(service: Service): void {
    const { key, group } = service;
    this.byKey.set(key, service);
    this.lastKey = Math.max(this.lastKey, key);
    this.nodes.add(service);
    this.listedGroups = undefined;
    this.groups.set(group, (this.groups.get(group) ?? new Set()).add(service));
  }

  /** Takes a node out and tells of it; does nothing with one that was removed before. */
  remove(service: Service): void {
    if (service.removed) return;
    service.removed = true;
    const { key, group } = service;
    this.listedGroups = undefined;
    this.byKey.delete(key);
    this.nodes.remove(service);
    const nodes = this.groups.get(group);
    nodes?.delete(service);
    if (nodes?.size === 0) this.groups.delete(group);
    this.noteChange(service);
  }

  /** A node is new, or may have become critical, or be so no more: tells of its group if that changes what is shown. */
  noteChange(service: Service): void {
    const isVisible = !service.removed && !service.critical;
    if (isVisible === this.visible.has(service)) return;
    if (isVisible) this.visible.add(service);
    else this.visible.delete(service);
    this.changedSubject.next(service.group);
  }
}

/** What others are told of a node. Clients put address and port together with a colon, so IPv6 stands in brackets. */
export function nodeBody({ protocol, address, port }: ServiceNode): NodeBody {
  return { protocol, address: hostOf(address), port };
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { bracketed, groupOf, InstanceIndex, type InstancePlace } from '@vitals/core/check';
import { Subject } from 'rxjs';
import { Database } from '../database/database.js';
import { Feed } from '../database/feed.js';
import type { InstanceBody } from './service.dto.js';
import { ServiceInstance } from './service.instance.js';
import {
  instanceOf,
  SERVICES,
  serviceRegistered,
  serviceRemoved,
  type StoredInstance,
} from './service.rows.js';

/** Instances that are read at a time. */
const PAGE = 500;

/** A group and its instances, as they were at some time. */
export interface ListedGroup {
  readonly group: string;
  readonly instances: readonly ServiceInstance[];
}

/** All instances of all services, in memory: what every read is answered from. None is critical before its check says so. */
@Injectable()
export class ServiceDirectory implements OnModuleInit {
  private readonly byKey = new Map<number, ServiceInstance>();
  private readonly instances = new InstanceIndex<ServiceInstance>();
  private readonly groups = new Map<string, Set<ServiceInstance>>();
  /** Those that are shown to whoever looks their group up. */
  private readonly visible = new Set<ServiceInstance>();
  private listedGroups: readonly ListedGroup[] | undefined;
  private readonly changedSubject = new Subject<string>();
  private lastKey = 0;

  /** Groups whose list of visible instances has changed. Told after the change, in the same turn. */
  readonly changed = this.changedSubject.asObservable();

  private recovering: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    feed: Feed,
  ) {
    feed.on(serviceRegistered, (stored) => this.applyRegistered(stored));
    feed.on(serviceRemoved, ({ key }) => {
      const known = this.byKey.get(key);
      if (known) this.remove(known);
    });
  }

  /**
   * Resolves when the instances of before a restart are there; read once, for whoever must come after.
   * @throws VitalsError `store-unavailable`
   */
  onModuleInit(): Promise<void> {
    return (this.recovering ??= this.read());
  }

  get size(): number {
    return this.byKey.size;
  }

  /** A number for an instance that is new. */
  nextKey(): number {
    return ++this.lastKey;
  }

  /** The instance of this number in the store. */
  ofKey(key: number): ServiceInstance | undefined {
    return this.byKey.get(key);
  }

  /** The registered instance that has the same place, service and tag. */
  known(place: InstancePlace): ServiceInstance | undefined {
    return this.instances.known(place);
  }

  /**
   * The instance that the id of a check is for, with or without the protocol. Without it there may be several at the
   * same address and port: then it is the one that was registered last, for a port has one server.
   */
  find(id: string): ServiceInstance | undefined {
    return this.instances.find(id);
  }

  /** The instances of a group that are not critical, in the order of their registration; `undefined` for no such group. */
  lookup(serviceId: string, tag?: string): readonly ServiceInstance[] | undefined {
    const group = groupOf(tag === undefined ? { serviceId } : { serviceId, tag });
    return this.groups.has(group) ? this.shown(group) : undefined;
  }

  /** The instances that are shown of a group: those of `lookup`, and none if there is no such group. */
  shown(group: string): readonly ServiceInstance[] {
    return [...(this.groups.get(group) ?? [])].filter(({ critical }) => !critical);
  }

  /**
   * Every group and all of its instances, also those that are critical. What is returned does not change, and is shared
   * by all who ask before an instance comes or goes.
   */
  listed(): readonly ListedGroup[] {
    return (this.listedGroups ??= [...this.groups].map(([group, all]) => ({ group, instances: [...all] })));
  }

  /** Adds an instance; `noteChange` tells of it, once everything else that belongs to it is there. */
  add(service: ServiceInstance): void {
    const { key, group } = service;
    this.byKey.set(key, service);
    this.lastKey = Math.max(this.lastKey, key);
    this.instances.add(service);
    this.listedGroups = undefined;
    this.groups.set(group, (this.groups.get(group) ?? new Set()).add(service));
  }

  /** Removes an instance and tells of it; does nothing with one that was removed before. */
  remove(service: ServiceInstance): void {
    if (service.removed) return;
    service.removed = true;
    const { key, group } = service;
    this.listedGroups = undefined;
    this.byKey.delete(key);
    this.instances.remove(service);
    const instances = this.groups.get(group);
    instances?.delete(service);
    if (instances?.size === 0) this.groups.delete(group);
    this.noteChange(service);
  }

  /** An instance is new, or may have become critical, or be so no more: tells of its group if that changes what is shown. */
  noteChange(service: ServiceInstance): void {
    const isVisible = !service.removed && !service.critical;
    if (isVisible === this.visible.has(service)) return;
    if (isVisible) this.visible.add(service);
    else this.visible.delete(service);
    this.changedSubject.next(service.group);
  }

  private async read(): Promise<void> {
    for await (const rows of this.database.pages(SERVICES, 'key', PAGE))
      for (const row of rows) this.applyRegistered(instanceOf(row));
  }

  private applyRegistered(stored: StoredInstance): void {
    const known = this.byKey.get(stored.key);
    const instance = known ?? new ServiceInstance(stored);
    if (known) known.registeredAgain(stored);
    else this.add(instance);
    this.noteChange(instance);
  }
}

/** What others are told of an instance. Clients put address and port together with a colon, so IPv6 stands in brackets. */
export function instanceBody({ protocol, address, port }: InstancePlace): InstanceBody {
  return { protocol, address: bracketed(address), port };
}

import type {
  Delivery,
  MemberOptions,
  Membership,
  ReadRecord,
} from '../../apps/control-plane/src/cluster/cluster-log.js';

/** What a reading of an assigned partition is given. */
export interface GroupDelivery {
  /** The offset that the group has committed. */
  committed(): number | undefined;
  deliver(records: readonly ReadRecord[]): void | Promise<void>;
}

/** Reads an assigned partition. @returns what ends that */
type Read = (partition: number, delivery: GroupDelivery) => () => void;

/** One time of holding a partition. */
interface Holding {
  readonly end: () => void;
}

/** A group of which the test is the coordinator: nothing moves unless it says so. */
export class MemoryGroup {
  private readonly members = new Map<string, MemoryMember>();
  readonly offsets = new Map<number, number>();

  constructor(readonly name: string) {}

  join(instance: string, options: MemberOptions, read: Read): MemoryMember {
    const member = new MemoryMember(this, instance, options, read);
    this.members.set(instance, member);
    return member;
  }

  /** Gives each instance exactly these partitions: first all let go what is no longer theirs, then what is new is taken. */
  async assign(assignment: Readonly<Record<string, readonly number[]>>): Promise<void> {
    const instances = Object.keys(assignment).toSorted();
    for (const instance of instances) {
      const member = this.members.get(instance);
      if (member) await member.keepOnly(assignment[instance] ?? []);
    }
    for (const instance of instances) this.members.get(instance)?.learn(instances);
    for (const instance of instances) await this.members.get(instance)?.take(assignment[instance] ?? []);
  }

  /** The group gives an instance up, which does not notice: it is told nothing, and holds no partition any more. */
  giveUp(instance: string): void {
    this.members.get(instance)?.drop();
    this.members.delete(instance);
  }

  /** The instance notices that the group gave it up. */
  lose(instance: string): void {
    this.members.get(instance)?.lose();
    this.members.delete(instance);
  }
}

/** A member as the instance has it. */
export class MemoryMember implements Membership {
  members: readonly string[] = [];
  private readonly held = new Map<number, Holding>();

  constructor(
    private readonly group: MemoryGroup,
    readonly instance: string,
    private readonly options: MemberOptions,
    private readonly read: Read,
  ) {}

  holds(partition: number): boolean {
    return this.held.has(partition);
  }

  async leave(): Promise<void> {
    await this.keepOnly([]);
    this.members = [];
  }

  async keepOnly(partitions: readonly number[]): Promise<void> {
    const revoked = [...this.held.keys()].filter((partition) => !partitions.includes(partition));
    if (revoked.length === 0) return;
    await this.options.onRevoked(revoked);
    this.letGo(revoked);
  }

  learn(instances: readonly string[]): void {
    if (instances.join('\n') === this.members.join('\n')) return;
    this.members = instances;
    this.options.onMembers?.(instances);
  }

  async take(partitions: readonly number[]): Promise<void> {
    const added = partitions.filter((partition) => !this.held.has(partition));
    if (added.length === 0) return;
    for (const partition of added) this.held.set(partition, { end: () => undefined });
    await this.options.onAssigned(added);
    for (const partition of added) this.begin(partition);
  }

  drop(): void {
    this.letGo([...this.held.keys()]);
  }

  lose(): void {
    const lost = [...this.held.keys()];
    this.drop();
    this.options.onLost(lost);
  }

  private begin(partition: number): void {
    const { deliver } = this.options;
    if (!deliver) return;
    const isHeld = (): boolean => this.held.get(partition) === holding;
    const commit = async (records: readonly ReadRecord[]): Promise<boolean> => {
      if (!isHeld()) return false;
      this.group.offsets.set(partition, (records.at(-1)?.offset ?? -1) + 1);
      return true;
    };
    const end = this.read(partition, {
      committed: () => this.group.offsets.get(partition),
      deliver: (records) => {
        const delivery: Delivery = { partition, records, isHeld, commit: () => commit(records) };
        return isHeld() ? deliver.onRecords(delivery) : undefined;
      },
    });
    const holding = { end };
    this.held.set(partition, holding);
  }

  private letGo(partitions: readonly number[]): void {
    for (const partition of partitions) {
      this.held.get(partition)?.end();
      this.held.delete(partition);
    }
  }
}

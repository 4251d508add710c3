/** What the group tells a member. */
export type GroupEvent =
  | { readonly kind: 'assigned' | 'revoked' | 'lost'; readonly partition: number }
  | { readonly kind: 'members'; readonly members: ReadonlySet<string> }
  | { readonly kind: 'expelled' };

/**
 * The consumer group: a partition that moves is taken from its owner before the next one gets it, unless the owner is given
 * up because it is not heard. What it tells waits until the member reads it.
 */
export class Group {
  readonly members: string[] = [];
  readonly owners: (string | undefined)[];
  private readonly wanted: (string | undefined)[];
  private readonly revoking: boolean[];
  private readonly inboxes = new Map<string, GroupEvent[]>();

  constructor(private readonly partitions: number) {
    this.owners = Array.from({ length: partitions }, () => undefined);
    this.wanted = [...this.owners];
    this.revoking = this.owners.map(() => false);
  }

  join(id: string): void {
    if (this.members.includes(id)) return;
    this.members.push(id);
    this.members.sort();
    this.tellMembers();
    this.balance();
  }

  /** Gives a member up: it did not send heartbeats for too long, or it leaves by itself, which it knows. */
  remove(id: string, isLeaving = false): void {
    const at = this.members.indexOf(id);
    if (at < 0) return;
    this.members.splice(at, 1);
    this.inboxes.delete(id);
    if (!isLeaving) {
      const lost = Array.from({ length: this.partitions }, (_, partition) => ({
        kind: 'lost' as const,
        partition,
      }));
      this.inboxes.set(id, [...lost, { kind: 'expelled' }]);
    }
    this.owners.forEach((owner, partition) => {
      if (owner !== id) return;
      this.owners[partition] = undefined;
      this.revoking[partition] = false;
    });
    this.tellMembers();
    this.balance();
  }

  /** Gives everybody a fair share, and moves no more than that takes. */
  private balance(): void {
    const { members } = this;
    if (members.length === 0) return;
    const quota = Math.ceil(this.partitions / members.length);
    const counts = new Map(members.map((id) => [id, 0]));
    const free: number[] = [];
    this.wanted.forEach((id = '', partition) => {
      const count = counts.get(id) ?? quota;
      if (count >= quota) free.push(partition);
      else counts.set(id, count + 1);
    });
    for (const partition of free) {
      const [least] = [...counts].sort(([, a], [, b]) => a - b);
      const [to, count] = least as [string, number];
      counts.set(to, count + 1);
      this.move(partition, to);
    }
    // whoever was to give it up is gone
    this.wanted.forEach((to, partition) => {
      if (this.owners[partition] === undefined) this.move(partition, to);
    });
  }

  /** Moves partitions for no reason. */
  shuffle(shift: number): void {
    const { members } = this;
    for (let partition = 0; partition < this.partitions; partition++)
      this.move(partition, members[(partition + shift) % Math.max(1, members.length)]);
  }

  /** Wants a partition to be owned by this member. */
  move(partition: number, to: string | undefined): void {
    this.wanted[partition] = to;
    const owner = this.owners[partition];
    if (owner === undefined) this.assign(partition);
    else if (owner !== to && !this.revoking[partition]) {
      this.revoking[partition] = true;
      this.tell(owner, { kind: 'revoked', partition });
    }
  }

  /** The next that a member reads; reading that a partition is revoked gives it up. */
  next(id: string): GroupEvent | undefined {
    const event = this.inboxes.get(id)?.shift();
    if (event?.kind === 'revoked' && this.owners[event.partition] === id) {
      this.owners[event.partition] = undefined;
      this.revoking[event.partition] = false;
      this.assign(event.partition);
    }
    return event;
  }

  hasNews(id: string): boolean {
    return (this.inboxes.get(id)?.length ?? 0) > 0;
  }

  private assign(partition: number): void {
    const { members } = this;
    const wanted = this.wanted[partition];
    const to = wanted !== undefined && members.includes(wanted) ? wanted : members[0];
    this.owners[partition] = to;
    if (to !== undefined) this.tell(to, { kind: 'assigned', partition });
  }

  private tellMembers(): void {
    const members = new Set(this.members);
    for (const id of this.members) this.tell(id, { kind: 'members', members });
  }

  private tell(id: string, event: GroupEvent): void {
    const inbox = this.inboxes.get(id);
    if (inbox) inbox.push(event);
    else this.inboxes.set(id, [event]);
  }
}

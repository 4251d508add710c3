import { Best } from '../best.js';
import { type Capacity, freeShareOf } from '../capacity.js';
import type { Requirement } from '../requirement.js';
import { type Facts, Facets, sameFacts } from './facets/facets.js';
import type { Posting } from './facets/posting.js';
import { OrderedSlots } from './ordered/ordered-slots.js';
import { type Ordering, orderingOf } from './ordering.js';
import type { Choice, Found, Placeable, Standing } from './placeable.js';
import { Search } from './search.js';
import { Slots } from './slots.js';

/**
 * The providers to which work may go, as far as their state changes by events; what time alone changes is
 * asked for at the query. Finding the best of a fleet looks at a small part of it, and gives what `rank` gives
 * for all that fit: equal providers give equal results, in whatever order they came. Changing one provider
 * costs the logarithm of their number.
 */
export class PlacementIndex<T extends Placeable> {
  private readonly slots = new Slots<T>();
  private readonly ordered = new OrderedSlots(this.slots);
  private readonly facets = new Facets();
  private readonly facts: (Facts | undefined)[] = [];
  private readonly search = new Search(this.slots, this.ordered);

  get size(): number {
    return this.slots.size;
  }

  /** The provider of that name, if it is in the index. */
  get(name: string): T | undefined {
    const slot = this.slots.find(name);
    return slot < 0 ? undefined : this.slots.entries[slot];
  }

  /**
   * Puts a provider in, in place of the one of the same name; call it again after anything of it has changed.
   * @param used what cannot be given to anybody else
   */
  put(entry: T, used: Capacity): void {
    const known = this.slots.find(entry.name);
    const slot = known < 0 ? this.slots.add(entry) : known;
    const share = freeShareOf(entry.capacity, used);
    const moves = known < 0 || this.slots.share[slot] !== share;
    if (known >= 0 && moves) this.ordered.remove(slot);
    this.slots.entries[slot] = entry;
    this.slots.setFree(slot, entry.capacity, used, share);
    if (moves) this.ordered.insert(slot);
    else this.ordered.refresh(slot);
    this.putFacts(slot, entry);
  }

  /** Takes a provider out; false if there is none of that name. */
  remove(name: string): boolean {
    const slot = this.slots.find(name);
    if (slot < 0) return false;
    this.ordered.remove(slot);
    this.facets.remove(slot, this.facts[slot] as Facts);
    this.facts[slot] = undefined;
    this.slots.remove(slot);
    return true;
  }

  /**
   * The best that can take the work, best first:
   * 1. what is required besides resources selects slots, or at once nobody;
   * 2. among those that are not known to be behind, the best placeable ones are searched for;
   * 3. if they are too few, the late ones that were met and those known to be behind follow, in one order.
   * @param standingOf asked at this moment, only about providers that fit, and not about all of them
   */
  find(requirement: Requirement, choice: Choice, standingOf: (entry: T) => Standing): Found<T>[] {
    const required = this.facets.required(requirement);
    if (!required) return [];
    const { resources } = requirement;
    const ordering = orderingOf(choice, this.slots, this.ordered);
    const among = (also: readonly Posting[], limit: number, standing: (slot: number) => Standing) =>
      this.search.run({ resources, limit, postings: [...required, ...also] }, ordering, standing);
    const standing = (slot: number) => standingOf(this.slots.entries[slot] as T);
    const admitted = (slot: number) => (standing(slot) === 'excluded' ? 'excluded' : 'placeable');

    const prompt = this.facets.behind(false);
    const behind = this.facets.behind(true);
    const first = prompt && among(behind ? [prompt] : [], choice.limit, standing);
    const placeable = first?.placeable ?? [];
    const missing = choice.limit - placeable.length;
    const late = new Best(missing, ordering.compare);
    if (missing > 0) {
      for (const slot of first?.late ?? []) late.add(slot);
      const rest = behind && among([behind], missing, admitted);
      for (const slot of rest?.placeable ?? []) late.add(slot);
    }
    return [
      ...placeable.map((slot) => this.found(slot, ordering, false)),
      ...late.items.map((slot) => this.found(slot, ordering, true)),
    ];
  }

  private found(slot: number, ordering: Ordering, late: boolean): Found<T> {
    return { entry: this.slots.entries[slot] as T, score: ordering.scoreOf(slot), late };
  }

  private putFacts(slot: number, entry: T): void {
    const before = this.facts[slot];
    if (before && sameFacts(before, entry)) return;
    const { serviceType, region, zone, capabilities, labels, behind } = entry;
    const facts: Facts = { serviceType, region, zone, capabilities, labels, behind };
    if (before) this.facets.remove(slot, before);
    this.facets.add(slot, facts, this.slots.room);
    this.facts[slot] = facts;
  }
}

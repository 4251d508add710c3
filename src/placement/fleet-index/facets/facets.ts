import type { Requirement } from '../../requirement.js';
import type { Placeable } from '../placeable.js';
import { Posting } from './posting.js';

/** What requirements name of a provider, but for its resources. */
export type Facts = Pick<Placeable, 'serviceType' | 'region' | 'zone' | 'capabilities' | 'labels' | 'behind'>;

type Pair = readonly [facet: string, value: string];

/** Who has what: for every facet and each of its values the slots of the providers that have it. */
export class Facets {
  private readonly postings = new Map<string, Map<string, Posting>>();

  /** @param room how many slots there may be */
  add(slot: number, facts: Facts, room: number): void {
    for (const [facet, value] of pairsOf(facts)) {
      let values = this.postings.get(facet);
      if (!values) this.postings.set(facet, (values = new Map()));
      const posting = values.get(value);
      if (posting) posting.add(slot, room);
      else values.set(value, new Posting(slot));
    }
  }

  /** @param facts those with which the slot was added */
  remove(slot: number, facts: Facts): void {
    for (const [facet, value] of pairsOf(facts)) {
      const values = this.postings.get(facet);
      const posting = values?.get(value);
      posting?.remove(slot);
      if (posting?.count === 0) values?.delete(value);
      if (values?.size === 0) this.postings.delete(facet);
    }
  }

  /** Those that are, or are not, behind all others; `undefined` if there are none. */
  behind(behind: boolean): Posting | undefined {
    return this.postings.get('behind')?.get(String(behind));
  }

  /** One posting for everything that is required; `undefined` if something is that nobody has. */
  required({ serviceType, region, zone, capabilities, labels }: Requirement): Posting[] | undefined {
    const pairs: Pair[] = capabilities.map((capability) => ['capability', capability]);
    if (serviceType !== undefined) pairs.push(['service type', serviceType]);
    if (region !== undefined) pairs.push(['region', region]);
    if (zone !== undefined) pairs.push(['zone', zone]);
    for (const [key, value] of labels) pairs.push([labelFacet(key), value]);
    const postings: Posting[] = [];
    for (const [facet, value] of pairs) {
      const posting = this.postings.get(facet)?.get(value);
      if (!posting) return undefined;
      postings.push(posting);
    }
    return postings;
  }
}

/** Whether two providers are the same but for their resources; what is a value is compared as one object. */
export function sameFacts(a: Facts, b: Facts): boolean {
  return (
    a.behind === b.behind &&
    a.capabilities === b.capabilities &&
    a.labels === b.labels &&
    a.serviceType === b.serviceType &&
    a.region === b.region &&
    a.zone === b.zone
  );
}

function pairsOf({ serviceType, region, zone, capabilities, labels, behind }: Facts): Pair[] {
  const pairs: Pair[] = [
    ['service type', serviceType],
    ['behind', String(behind)],
  ];
  if (region !== undefined) pairs.push(['region', region]);
  if (zone !== undefined) pairs.push(['zone', zone]);
  for (const capability of capabilities) pairs.push(['capability', capability]);
  for (const key of Object.keys(labels)) pairs.push([labelFacet(key), labels[key] as string]);
  return pairs;
}

function labelFacet(key: string): string {
  return `label ${key}`;
}

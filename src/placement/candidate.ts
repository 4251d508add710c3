import type { Availability } from '../transition/index.js';
import { type Capacity, freeOf, shortOf } from './capacity.js';
import type { Requirement } from './requirement.js';

/** A provider as placement sees it, at one moment. */
export interface Candidate {
  readonly name: string;
  readonly endpoint: string;
  readonly serviceType: string;
  readonly region: string | undefined;
  readonly zone: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly capacity: Capacity;
  readonly allocated: Capacity;
  readonly phase: string;
  readonly cordoned: boolean;
  readonly availability: Availability;
  /** Recovered after a short outage of the control plane, and placeable before it. */
  readonly trusted: boolean;
  /** Marked for going up and down too often: it can take work, but is ranked behind all others. */
  readonly flapping?: boolean;
}

/**
 * Whether work may go to a provider at all: heard before its deadline, phase `Ready`, not cordoned. A
 * provider that was placeable before a short outage of the control plane stays so.
 */
export function isPlaceable(
  candidate: Pick<Candidate, 'availability' | 'trusted' | 'phase' | 'cordoned'>,
): boolean {
  return exclusionOfState(candidate) === undefined;
}

/**
 * Why a provider cannot take this work, as one short reason that can be counted; `undefined` if it can. The
 * first reason of a fixed order is given, state before fit.
 */
export function exclusionOf(candidate: Candidate, requirement: Requirement): string | undefined {
  return exclusionOfState(candidate) ?? exclusionOfFit(candidate, requirement);
}

function exclusionOfState({
  availability,
  trusted,
  phase,
  cordoned,
}: Pick<Candidate, 'availability' | 'trusted' | 'phase' | 'cordoned'>): string | undefined {
  if (availability === 'Unavailable') return 'unavailable';
  if (availability === 'Unknown' && !trusted) return 'not heard yet';
  if (phase !== 'Ready') return `phase ${phase}`;
  return cordoned ? 'cordoned' : undefined;
}

function exclusionOfFit(candidate: Candidate, requirement: Requirement): string | undefined {
  const { serviceType, region, zone, capabilities, labels } = requirement;
  if (serviceType !== undefined && candidate.serviceType !== serviceType) return 'service type';
  if (region !== undefined && candidate.region !== region) return 'region';
  if (zone !== undefined && candidate.zone !== zone) return 'zone';
  if (capabilities.some((capability) => !candidate.capabilities.includes(capability))) return 'capability';
  if (labels.some(([key, value]) => candidate.labels[key] !== value)) return 'label';
  const short = shortOf(freeOf(candidate.capacity, candidate.allocated), requirement.resources);
  return short && `not enough ${short}`;
}

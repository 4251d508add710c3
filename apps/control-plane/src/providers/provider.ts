import type { DecidedAvailability } from '@vitals/core/lease';
import type {
  Registration,
  StoredInfo,
  StoredProvider,
  StoredRegistration,
  StoredReport,
} from '../persistence/control-plane.store.js';

/** What a name may be: the pattern of the specification, 1 to 253 characters. */
export const NAME_PATTERN = /^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?$/;

/** Lifecycle phases that a provider reports. */
export const PHASES = ['Starting', 'Ready', 'NotReady', 'Draining', 'Maintenance'] as const;

/** A provider in memory: what it registered, what it said last, and what was decided about it. */
export class Provider {
  id: string;
  generation: number;
  registeredAtMs: number;
  registration: Registration;
  info: StoredInfo;
  report: StoredReport;
  /** The provider's clock minus ours, in milliseconds, at the last beat. */
  clockSkewMs: number | undefined;
  /** Its beats of before a restart are recent enough for it to keep the trust it had. */
  trusted = false;
  /** The phase of an accepted beat is not durable yet. */
  reportUnwritten = false;
  cordoned: boolean;
  stateSinceMs: number;
  lastSequence: number;

  constructor(stored: StoredProvider) {
    this.id = stored.id;
    this.generation = stored.generation;
    this.registeredAtMs = stored.registeredAtMs;
    this.registration = stored.registration;
    this.info = stored.info;
    this.report = stored.report;
    this.cordoned = stored.cordoned;
    this.stateSinceMs = stored.stateSinceMs;
    this.lastSequence = stored.lastSequence;
  }

  get name(): string {
    return this.registration.name;
  }

  get zone(): string | undefined {
    return text(this.registration.metadata?.['zone']);
  }

  get region(): string | undefined {
    return text(this.registration.metadata?.['region_code']);
  }

  registeredAgain(next: StoredRegistration, info: StoredInfo): void {
    this.generation = next.generation;
    this.registeredAtMs = next.registeredAtMs;
    this.registration = next.registration;
    this.info = info;
  }
}

/** A provider that was never heard. */
export function newProvider(registered: StoredRegistration, info: StoredInfo): Provider {
  return new Provider({
    ...registered,
    info,
    report: { phase: undefined, reportedAtMs: undefined, heardAtMs: undefined, toldMs: 0 },
    availability: 'Unknown' satisfies DecidedAvailability,
    stateSinceMs: registered.registeredAtMs,
    cordoned: false,
    lastSequence: 0,
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

import { type Lease, maxAdvertisedMs } from '@vitals/core/lease';
import type { Capacity } from '@vitals/core/placement';
import {
  operationsOf,
  type StoredCredentials,
  type StoredInfo,
  type StoredOperations,
  type StoredProvider,
  type StoredRegistration,
  type StoredReport,
} from './provider.rows.js';

/** What a name may be: the pattern of the specification, 1 to 253 characters. */
export const NAME_PATTERN = /^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?$/;

/** Lifecycle phases that a provider reports. */
export const PHASES = ['Starting', 'Ready', 'NotReady', 'Draining', 'Maintenance'] as const;

/**
 * A provider in memory: what decisions need of its registration, what it said last, and what was decided about
 * it. There may be hundreds of thousands, so the rest of the registration stays in the store, what many have in
 * common is kept once, and beats change it in place.
 */
export class Provider implements StoredReport {
  readonly key: number;
  readonly name: string;
  generation!: number;
  endpoint!: string;
  /** Where, below its endpoint, it is asked for its health; it is not asked without. */
  healthPath: string | undefined;
  serviceType!: string;
  region: string | undefined;
  zone: string | undefined;
  labels!: Readonly<Record<string, string>>;

  capacity!: Capacity;
  allocated!: Capacity;
  capabilities!: readonly string[];
  syncedAtMs: number | undefined;

  phase: string | undefined;
  // what every beat changes is always a number, so that it changes in place and leaves no garbage behind
  private reportedMs = Number.NaN;
  private heardMs = Number.NaN;
  private skewMs = Number.NaN;
  /** The number of the change of its report that is not durable yet, for which its answers wait; 0 for none. */
  unwrittenReport = 0;

  operations: StoredOperations;
  tokenHash: string | undefined;
  previousTokenHash: string | undefined;
  /** When the next request of its token would be too early; see `RateLimiter`. Monotonic milliseconds. */
  nextRequestMs = 0;

  /** Its beats of before a restart are recent enough for it to keep the trust it had. */
  trusted = false;
  removed = false;
  /** Its last report waits to be written; the buffer's own. */
  touched = false;
  /** Placement ranks it behind all others; asked again with each of its beats. */
  behind = false;
  /** What the tracker of mass failures has counted it as; `undefined` before it has. */
  countedZone: string | undefined;
  counted: 'well' | 'away' | 'settled' | undefined;
  stateSinceMs: number;
  /** The number of the transition since which nothing of it has changed. */
  lastSequence: number;

  constructor(
    stored: StoredProvider,
    readonly lease: Lease,
  ) {
    this.key = stored.key;
    this.name = stored.registration.name;
    this.takeRegistration(stored, stored.info);
    this.phase = stored.phase;
    this.reportedMs = stored.reportedAtMs ?? Number.NaN;
    this.heardMs = stored.heardAtMs ?? Number.NaN;
    this.operations = shared(operationsOf(stored));
    this.stateSinceMs = stored.stateSinceMs;
    this.lastSequence = stored.lastSequence;
  }

  /** The longest interval that it may be acting on, in milliseconds. */
  get advertisedMs(): number {
    return maxAdvertisedMs(this.lease);
  }

  /** When its last accepted beat was sent by its own clock, in epoch milliseconds. */
  get reportedAtMs(): number | undefined {
    return unlessMissing(this.reportedMs);
  }

  set reportedAtMs(epochMs: number) {
    this.reportedMs = epochMs;
  }

  /** When it was last heard by our clock, in epoch milliseconds. */
  get heardAtMs(): number | undefined {
    return unlessMissing(this.heardMs);
  }

  set heardAtMs(epochMs: number) {
    this.heardMs = epochMs;
  }

  /** The provider's clock minus ours, in milliseconds, at the last beat. */
  get clockSkewMs(): number | undefined {
    return unlessMissing(this.skewMs);
  }

  set clockSkewMs(ms: number) {
    this.skewMs = ms;
  }

  get info(): StoredInfo {
    const { capacity, allocated, capabilities, syncedAtMs } = this;
    return { capacity, allocated, capabilities, syncedAtMs };
  }

  set info({ capacity, allocated, capabilities, syncedAtMs }: StoredInfo) {
    this.capacity = shared(capacity);
    this.allocated = shared(allocated);
    this.capabilities = shared(capabilities);
    this.syncedAtMs = syncedAtMs;
  }

  /** What it says now, and nothing else of it. */
  get report(): StoredReport {
    const { key, phase, reportedAtMs, heardAtMs, advertisedMs } = this;
    return { key, phase, reportedAtMs, heardAtMs, advertisedMs };
  }

  get cordoned(): boolean {
    return this.operations.cordoned;
  }

  get drainRequested(): boolean {
    return this.operations.drainRequested;
  }

  /** A new instance of it: a drain that was asked of its predecessor is not asked of it. */
  registeredAgain(next: StoredRegistration & StoredCredentials, info: StoredInfo): void {
    this.takeRegistration(next, info);
    this.operations = shared({ ...this.operations, drainRequested: false });
  }

  private takeRegistration(stored: StoredRegistration & StoredCredentials, info: StoredInfo): void {
    this.generation = stored.generation;
    this.tokenHash = stored.tokenHash;
    this.previousTokenHash = stored.previousTokenHash;
    this.info = info;
    const { registration } = stored;
    const { endpoint, service_type: serviceType, metadata, labels, health_path: healthPath } = registration;
    this.endpoint = endpoint;
    this.healthPath = healthPath && shared(healthPath);
    this.serviceType = shared(serviceType);
    this.region = textOf(metadata?.['region_code']);
    this.zone = textOf(metadata?.['zone']);
    this.labels = shared(labels ?? {});
  }
}

function unlessMissing(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? shared(value) : undefined;
}

/** Values that many providers have in common, by their JSON. */
const known = new Map<string, unknown>();
const NO_ITEMS: readonly never[] = Object.freeze([]);
const NO_MEMBERS = Object.freeze({});
/** A fleet that invents more than this keeps its own copies. */
const MAX_KNOWN = 10_000;
/** Longer ones are seldom common, and would cost more to look up than they save. */
const MAX_JSON = 512;

/**
 * One copy of a value for all who have an equal one: places, labels, sizes. The value must be JSON, and nobody
 * may change it afterwards.
 */
export function shared<T extends string | object>(value: T): T {
  // what most have is told apart without writing it down
  if (typeof value === 'object' && Object.keys(value).length === 0) {
    return (Array.isArray(value) ? NO_ITEMS : NO_MEMBERS) as unknown as T;
  }
  const json = JSON.stringify(value);
  const copy = known.get(json);
  if (copy !== undefined) return copy as T;
  if (known.size < MAX_KNOWN && json.length <= MAX_JSON) known.set(json, value);
  return value;
}

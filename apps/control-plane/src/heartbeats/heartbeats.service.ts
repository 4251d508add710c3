import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { assertMembers, shownText } from '@vitals/core/json';
import type { Capacity } from '@vitals/core/placement';
import { problemOf } from '../http/problem-details.js';
import type { Provider } from '../providers/provider.js';
import { RegistrationService } from '../providers/registration.service.js';
import { readCapacity } from '../providers/provider.schema.js';
import { BeatReceiver, isInOrder } from './beat.receiver.js';
import { assertBeat, type Heartbeat, type HeartbeatBatch, readTimestamp } from './heartbeat.schema.js';
import { assertName, ProviderDirectory } from '../providers/provider.directory.js';
import { forbidden } from '../security/access.guard.js';
import { type Identity, speaksFor } from '../security/caller.js';
import { SecondLook } from '../security/second.look.js';

/** A name that is longer than any may be is not repeated in full. */
const MAX_NAME = 253;

/** What a beat is answered. */
export interface BeatAnswer {
  readonly nextIntervalSeconds: number;
  /** Settles when the answer may be given; `undefined` if that is now. Rejects with `store-unavailable`. */
  readonly durable: Promise<unknown> | undefined;
}

/** Takes the beats of providers. */
@Injectable()
export class HeartbeatsService {
  constructor(
    private readonly directory: ProviderDirectory,
    private readonly registrations: RegistrationService,
    private readonly receiver: BeatReceiver,
    private readonly secondLook: SecondLook,
  ) {}

  /**
   * Whom a beat is for. Who may not speak for a name is not told whether it is registered.
   * @throws VitalsError `request-invalid` for what can be no name, `forbidden`, `provider-not-registered`
   */
  addressee(name: string, identity: Identity): Provider {
    const provider = this.directory.find(name);
    // who is registered has a name that can be one
    if (!provider) assertName(name);
    if (!speaksFor(identity, name)) throw forbidden(identity);
    return provider ?? this.directory.get(name);
  }

  /**
   * Takes a beat:
   * 1. it is refused as a whole, or taken as a whole;
   * 2. the lease is renewed by the time of receipt, whatever the beat's timestamp says;
   * 3. what it says is taken unless a newer beat overtook it;
   * 4. it is acknowledged at once, unless it changed something that must be durable first.
   * @throws VitalsError `generation-stale`, `request-invalid`
   */
  take(provider: Provider, beat: Heartbeat): BeatAnswer {
    const reportedAtMs = check(provider, beat);
    const capacity = beat.resources && readCapacity(beat.resources, '/resources');
    const inOrder = isInOrder(provider.reportedAtMs, reportedAtMs);
    const said = { phase: beat.phase, reportedAtMs, inOrder };
    const { nextIntervalSeconds, writes } = this.receiver.receive(provider, said);
    const { capabilities } = beat;
    if (inOrder && (capacity ?? capabilities) !== undefined && this.isNews(provider, capacity, capabilities))
      writes.push(this.registrations.updateInfo(provider.name, { capacity, capabilities }));
    return { nextIntervalSeconds, durable: writes.length > 0 ? Promise.all(writes) : undefined };
  }

  /**
   * Takes each beat of a batch, from a gateway, as if it had come alone, in order; one that is wrong fails alone.
   * @param isSuspect whether the members of items have to be checked, see `parseJson`
   * @returns the answer as JSON text, one result for each item; later if something must become durable first
   */
  takeBatch({ items }: HeartbeatBatch, identity: Identity, isSuspect: boolean): string | Promise<string> {
    const results = items.map((item) => this.takeOne(item, identity, isSuspect));
    if (results.every((result) => typeof result === 'string')) return frame(results);
    return Promise.all(results.map(async (result) => result)).then(frame);
  }

  /** All items of a batch that are judged once more share the one catching up: they ask for it in the same turn. */
  private takeOne(item: unknown, identity: Identity, isSuspect: boolean): string | Promise<string> {
    try {
      return this.takeItem(item, identity, isSuspect);
    } catch (error) {
      if (!this.secondLook.isDue(error)) return refused(item, error);
      return this.secondLook
        .caughtUp()
        .then(() => this.takeItem(item, identity, isSuspect))
        .catch((last: unknown) => refused(item, last));
    }
  }

  private takeItem(item: unknown, identity: Identity, isSuspect: boolean): string | Promise<string> {
    if (isSuspect) assertMembers(item, 'the item');
    const name = nameOf(item);
    const provider = this.addressee(name, identity);
    assertBeat(item);
    const { nextIntervalSeconds, durable } = this.take(provider, item);
    const directive = provider.drainRequested ? ',"directive":"drain"' : '';
    const result = `{"name":"${name}","status":200,"next_interval_seconds":${nextIntervalSeconds}${directive}}`;
    return durable === undefined
      ? result
      : durable.then(
          () => result,
          (error: unknown) => refused(item, error),
        );
  }

  /** Whether resources or capabilities are said that are not known, or are just being replaced by an earlier beat. */
  private isNews(provider: Provider, capacity?: Capacity, capabilities?: readonly string[]): boolean {
    if (differs(provider.capacity, capacity) || differs(provider.capabilities, capabilities)) return true;
    return this.directory.turns.isTaken(provider.name);
  }
}

/** @returns when the beat was sent by the provider's clock, in epoch milliseconds */
function check({ name, generation }: Provider, beat: Heartbeat): number {
  if (beat.generation !== undefined && beat.generation !== generation) {
    throw new VitalsError(
      'generation-stale',
      `${name} is at generation ${generation}, this heartbeat is of generation ${beat.generation}: another process has registered under the name since`,
    );
  }
  return readTimestamp(beat.timestamp);
}

/** Whether something was said that is not known yet; of an object, only the members that were said count. */
function differs(known: object, said: object | undefined): boolean {
  if (!said) return false;
  return JSON.stringify(Array.isArray(said) ? said : { ...known, ...said }) !== JSON.stringify(known);
}

function frame(results: readonly string[]): string {
  return `{"results":[${results.join(',')}]}`;
}

/** @throws VitalsError `request-invalid` if an item has no name */
function nameOf(item: unknown): string {
  const name = (item as { name?: unknown } | null | undefined)?.name;
  if (typeof name === 'string') return name;
  const detail = 'each item must be an object with the name of a provider';
  throw new VitalsError('request-invalid', detail, { faults: [{ pointer: '/name', detail: 'is required' }] });
}

function refused(item: unknown, error: unknown): string {
  const problem = problemOf(error);
  const name = (item as { name?: unknown } | null | undefined)?.name;
  const known = typeof name === 'string' ? shownText(name, MAX_NAME) : null;
  return JSON.stringify({ name: known, status: problem.status, problem });
}

import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { assertMembers, shownText } from '@vitals/core/json';
import { problemOf } from '../http/problem-details.js';
import type { Identity } from '../security/caller.js';
import { assertBeat, type HeartbeatBatch } from './heartbeat.schema.js';
import { HeartbeatsService } from './heartbeats.service.js';

/** Takes the beats of many providers at once, from a gateway that speaks for them. */
@Injectable()
export class HeartbeatBatches {
  constructor(private readonly heartbeats: HeartbeatsService) {}

  /**
   * Takes each item as if it had come alone, in order; one that is wrong fails alone.
   * @param isSuspect whether the members of items have to be checked, see `parseJson`
   * @returns the answer as JSON text, one result for each item; later if something must become durable first
   */
  take({ items }: HeartbeatBatch, identity: Identity, isSuspect: boolean): string | Promise<string> {
    const results = items.map((item) => this.takeOne(item, identity, isSuspect));
    if (results.every((result) => typeof result === 'string')) return frame(results);
    return Promise.all(results.map(async (result) => result)).then(frame);
  }

  private takeOne(item: unknown, identity: Identity, isSuspect: boolean): string | Promise<string> {
    try {
      if (isSuspect) assertMembers(item, 'the item');
      const name = nameOf(item);
      const provider = this.heartbeats.addressee(name, identity);
      assertBeat(item);
      const { nextIntervalSeconds, durable } = this.heartbeats.take(provider, item);
      const directive = provider.drainRequested ? ',"directive":"drain"' : '';
      const result = `{"name":"${name}","status":200,"next_interval_seconds":${nextIntervalSeconds}${directive}}`;
      return durable === undefined
        ? result
        : durable.then(
            () => result,
            (error: unknown) => refused(item, error),
          );
    } catch (error) {
      return refused(item, error);
    }
  }
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

/** A name that is longer than any may be is not repeated in full. */
const MAX_NAME = 253;

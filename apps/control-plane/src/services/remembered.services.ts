import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { RunningClock } from '@vitals/core/time';
import { REMEMBERED_MS, type RememberedService, type StoredService } from '../database/check.change.js';
import type { ServiceNode } from '../api-docs/schemas/services.js';
import { DelayLog } from '../database/delay.log.js';
import { Journal } from '../database/journal.js';
import { AtShutdown } from '../shutdown/stages.js';
import { type IndexedNode, NodeIndex } from './node.index.js';

/** The most nodes that are remembered; of more, those that were removed first are forgotten. */
export const MAX_REMEMBERED = 10_000;
/** How often it is written how much time has passed, in milliseconds: a crash prolongs the memory by no more. */
const AGE_EVERY_MS = 600_000;

/** A node that is not registered any more. */
interface Remembered extends IndexedNode {
  readonly stored: StoredService;
  /** Milliseconds of the running clock. */
  readonly untilMs: number;
}

/**
 * Nodes that were removed because their checks failed for too long: stock clients of light-controller go on sending
 * heartbeats and never register again. Each is kept for a day of time that passed while the control plane ran,
 * whatever the wall clock did; durable with the removal itself.
 */
@Injectable()
export class RememberedServices {
  private readonly delay = new DelayLog(
    new Logger('Services'),
    'the age of removed services waits to be written',
  );
  private readonly nodes = new NodeIndex<Remembered>();
  /** Up to when it is written that time has passed, on the running clock. */
  private agedAtMs: number;

  constructor(
    private readonly journal: Journal,
    private readonly running: RunningClock,
  ) {
    this.agedAtMs = running.nowMs();
  }

  get size(): number {
    return this.nodes.size;
  }

  /** Takes note of a removal that is durable, or takes one back after a restart. @param leftMs of the day */
  remember(stored: StoredService, leftMs = REMEMBERED_MS): void {
    const { serviceId, tag, protocol, address, port, registeredAtMs } = stored;
    const node = { serviceId, ...(tag !== undefined && { tag }), protocol, address, port };
    this.forget(node);
    this.nodes.add({ ...node, registeredAtMs, stored, untilMs: this.running.nowMs() + leftMs });
    for (const oldest of this.nodes.values()) {
      if (this.nodes.size <= MAX_REMEMBERED) break;
      this.nodes.remove(oldest);
    }
  }

  /** What is to be written of a node that is removed now. */
  memoryOf(service: StoredService): RememberedService {
    // what is written when time is written down the next time counts from the last time
    return { service, leftMs: Math.ceil(REMEMBERED_MS + this.running.nowMs() - this.agedAtMs) };
  }

  /** The node that the id of a check was for, with or without the protocol. */
  find(id: string): StoredService | undefined {
    return this.valid(this.nodes.find(id));
  }

  /** The node that had the same place, service and tag. */
  known(node: ServiceNode): StoredService | undefined {
    return this.valid(this.nodes.known(node));
  }

  /** It registered, was restored, or was deregistered. */
  forget(node: ServiceNode): void {
    const known = this.nodes.known(node);
    if (known) this.nodes.remove(known);
  }

  /** Makes durable how much time has passed, and what is forgotten by now. */
  @AtShutdown('stop-judging')
  @Interval('remembered-services', AGE_EVERY_MS)
  async age(): Promise<void> {
    const nowMs = this.running.nowMs();
    const byMs = Math.floor(nowMs - this.agedAtMs);
    if (this.nodes.size === 0 || byMs <= 0) {
      // what is removed from here on is written with its whole day
      this.agedAtMs = nowMs;
      return;
    }
    for (const node of this.nodes.values()) if (node.untilMs <= nowMs) this.nodes.remove(node);
    try {
      await this.journal.commit({ kind: 'remembered-aged', byMs, most: MAX_REMEMBERED });
      this.agedAtMs += byMs;
      this.delay.succeeded();
    } catch (error) {
      this.delay.failed(error);
    }
  }

  private valid(node: Remembered | undefined): StoredService | undefined {
    return node && node.untilMs > this.running.nowMs() ? node.stored : undefined;
  }
}

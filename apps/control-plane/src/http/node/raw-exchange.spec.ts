import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { BodyBudget } from './raw-exchange.js';

/** A body that arrives as it is told to, on a connection that notes what is said on it. */
class Arriving extends EventEmitter {
  readonly headers: object;
  paused = false;
  said = '';
  readonly socket = Object.assign(new EventEmitter(), {
    writable: true,
    end: (text: string) => {
      this.said = text;
      this.socket.writable = false;
    },
    destroy: () => undefined,
  });

  constructor(budget: BodyBudget, length?: number, limit = 100_000) {
    super();
    this.headers = length === undefined ? {} : { 'content-length': String(length) };
    budget.count(this as unknown as IncomingMessage, limit);
  }

  pause(): void {
    this.paused = true;
  }

  arrive(bytes: number): void {
    this.emit('data', Buffer.alloc(bytes));
  }

  /** It has arrived whole, or its caller has gone. */
  done(): void {
    this.emit('close');
    this.socket.emit('close');
  }
}

describe('BodyBudget', () => {
  it('refuses with 503 the body that makes it too much, and only that one', () => {
    const budget = new BodyBudget(10_000);
    const [first, second] = [new Arriving(budget, 8_000), new Arriving(budget)];
    first.arrive(6_000);
    second.arrive(5_000);
    expect([first.paused, second.paused]).toEqual([false, true]);
    expect(second.said).toMatch(/^HTTP\/1\.1 503 [^]*application\/problem\+json/);
    second.done();
    first.arrive(2_000);
    expect(first.paused).toBe(false);
  });

  it('counts no more what has arrived, or whose caller has gone', () => {
    const budget = new BodyBudget(10_000);
    for (let round = 0; round < 10; round++) {
      const body = new Arriving(budget, 9_000);
      body.arrive(9_000);
      expect(body.paused).toBe(false);
      body.done();
    }
  });

  it('counts nothing of a body that is too large to be kept', () => {
    const budget = new BodyBudget(10_000);
    const tooLarge = new Arriving(budget, undefined, 5_000);
    for (let chunk = 0; chunk < 100; chunk++) tooLarge.arrive(1_000);
    const other = new Arriving(budget, 9_000);
    other.arrive(9_000);
    expect([tooLarge.paused, other.paused]).toEqual([false, false]);
  });

  it('does not watch small bodies, which most are', () => {
    const small = new Arriving(new BodyBudget(10), 200);
    expect(small.listenerCount('data')).toBe(0);
  });
});

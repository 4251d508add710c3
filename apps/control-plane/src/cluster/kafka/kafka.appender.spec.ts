import { initProducerIdV4, produceV9 } from '@platformatic/kafka';
import { ManualClock } from '@vitals/core/time';
import fc from 'fast-check';
import { KafkaAppender } from './kafka.appender.js';
import { KAFKA, KafkaAway } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';

const APPEND_MS = 5_000;
const ANSWER_MS = 3_000;
const SLOW_MS = 300;

/** What becomes of a request: it is answered, at once or late, not received, received without an answer, or refused with a code. */
type Fate = 'answered' | 'slow' | 'unsent' | 'unanswered' | 'late' | number;

/** Brokers that keep what is produced, and know by its number what they have already. */
class FakeBrokers {
  readonly logs = new Map<number, string[]>();
  readonly fates: Fate[] = [];
  private readonly expected = new Map<string, number>();
  private producers = 0n;

  constructor(private readonly clock: ManualClock) {}

  /** @param layoutMs how long it takes to describe the layout, which is another one after each failure */
  link(layoutMs = 0): KafkaLink {
    let moves = 0;
    return {
      layout: async () => {
        if (layoutMs > 0) await this.wait(layoutMs);
        return { id: 'id', leaders: [0, 1, 2].map((leader) => (leader + moves) % 3) };
      },
      forget: () => void (layoutMs > 0 && moves++),
      close: () => undefined,
      ask: (_node: number, { api }: { api: unknown }, args: unknown[]) => this.answer(api, args),
    } as unknown as KafkaLink;
  }

  private async answer(api: unknown, args: unknown[]): Promise<unknown> {
    if (api === initProducerIdV4.api) return { producerId: ++this.producers, producerEpoch: 0 };
    expect(api).toBe(produceV9.api);
    const fate = this.fates.shift() ?? 'answered';
    if (fate === 'late') void this.wait(APPEND_MS * 2).then(() => this.receive(args));
    if (fate === 'unsent' || fate === 'late') return this.away();
    if (typeof fate === 'number') throw Object.assign(new Error(), { response: this.responses(args, fate) });
    this.receive(args);
    if (fate === 'slow') await this.wait(SLOW_MS);
    return fate === 'answered' || fate === 'slow' ? this.responses(args, 0) : this.away();
  }

  private async away(): Promise<never> {
    await this.wait(ANSWER_MS);
    throw new KafkaAway('no answer');
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(ms, resolve));
  }

  private receive(args: unknown[]): void {
    const [, , messages, { producerId, sequences }] = args as Parameters<typeof produceV9.createRequest> &
      [unknown, unknown, unknown, { producerId: bigint; sequences: Map<string, number> }];
    for (const partition of new Set(messages.map((message) => message.partition ?? 0))) {
      const mine = messages.filter((message) => message.partition === partition);
      const [key, first] = [`${producerId} ${partition}`, sequences.get(`t:${partition}`) ?? 0];
      if (first < (this.expected.get(key) ?? 0)) continue;
      this.expected.set(key, first + mine.length);
      const log = this.logs.get(partition) ?? [];
      this.logs.set(partition, [...log, ...mine.map(({ value }) => String(value))]);
    }
  }

  private responses(args: unknown[], errorCode: number): object {
    const partitions = new Set((args[2] as { partition: number }[]).map(({ partition }) => partition));
    const partitionResponses = [...partitions].map((index) => ({ index, errorCode }));
    return { responses: [{ name: 't', partitionResponses }] };
  }
}

describe('KafkaAppender', () => {
  let clock: ManualClock;
  let brokers: FakeBrokers;
  let appender: KafkaAppender;
  let settled: string[];

  const begin = (layoutMs?: number): void => {
    clock = new ManualClock();
    brokers = new FakeBrokers(clock);
    appender = new KafkaAppender(brokers.link(layoutMs), clock, APPEND_MS);
    settled = [];
  };

  beforeEach(() => begin());

  const append = (value: string, partition = 0): void => {
    void appender.append('t', partition, [{ key: 'k', value }]).then(
      () => settled.push(`${value} done`),
      ({ code }) => settled.push(`${value} ${code}`),
    );
  };

  it('appends what is called for side by side, in order, each once', async () => {
    for (let i = 0; i < 5; i++) append(`${i}`);
    await clock.advance(0);
    for (let i = 5; i < 9; i++) append(`${i}`);
    await clock.advance(0);
    expect(brokers.logs.get(0)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    expect(settled).toHaveLength(9);
  });

  it('appends once what it has to send again because the answer was lost', async () => {
    brokers.fates.push('unanswered');
    append('a');
    await clock.advance(ANSWER_MS + 200);
    append('b');
    await clock.advance(0);
    expect([brokers.logs.get(0), settled]).toEqual([
      ['a', 'b'],
      ['a done', 'b done'],
    ]);
  });

  it('rejects in time, and loses nothing that comes after what was appended without an answer', async () => {
    brokers.fates.push('unanswered', 'unanswered');
    append('a');
    await clock.advance(APPEND_MS);
    expect(settled).toEqual(['a store-unavailable']);
    expect(appender.fault()).toBe('1 partitions cannot be appended to: no answer');
    await clock.advance(ANSWER_MS);
    append('b');
    await clock.advance(1_000);
    expect([brokers.logs.get(0), settled[1], appender.fault()]).toEqual([['a', 'b'], 'b done', undefined]);
  });

  it('says that what it rejected may be appended later', async () => {
    brokers.fates.push('late', 'unsent');
    append('a');
    await clock.advance(APPEND_MS + ANSWER_MS);
    append('b');
    await clock.advance(3 * APPEND_MS);
    expect([brokers.logs.get(0), settled]).toEqual([
      ['b', 'a'],
      ['a store-unavailable', 'b done'],
    ]);
  });

  it('is not held up at one broker by another', async () => {
    brokers.fates.push('unsent');
    append('a', 1);
    await clock.advance(0);
    append('b', 2);
    await clock.advance(100);
    expect(settled).toEqual(['b done']);
    await clock.advance(APPEND_MS);
    expect(settled).toEqual(['b done', 'a done']);
  });

  it('does not send again what was acknowledged while the layout was described', async () => {
    begin(SLOW_MS);
    brokers.fates.push('slow');
    append('a');
    await clock.advance(SLOW_MS);
    append('b', 1);
    append('c');
    await clock.advance(APPEND_MS);
    append('d');
    await clock.advance(APPEND_MS);
    expect(brokers.logs.get(0)).toEqual(['a', 'c', 'd']);
  });

  it.each([
    ['a broker that leads no more', 6, ['a done']],
    ['replicas that are missing', 19, ['a done']],
    ['what is longer than the topic takes', KAFKA.MESSAGE_TOO_LARGE, ['a body-too-large']],
    ['a producer that is not known any more', KAFKA.UNKNOWN_PRODUCER_ID, ['a store-unavailable']],
  ])('tries again, or rejects, on %s', async (_what, code, expected) => {
    brokers.fates.push(code);
    append('a');
    await clock.advance(1_000);
    expect(settled).toEqual(expected);
    append('b');
    await clock.advance(0);
    expect(settled).toContain('b done');
  });

  it('has appended once, and in order, whatever it acknowledged, whatever becomes of its requests', async () => {
    const fate = fc.constantFrom<Fate>(
      'answered',
      'slow',
      'unsent',
      'unanswered',
      'late',
      6,
      KAFKA.UNKNOWN_PRODUCER_ID,
    );
    const step = fc.record({
      count: fc.nat(4),
      partition: fc.nat(2),
      waitMs: fc.oneof(fc.nat(100), fc.nat(APPEND_MS)),
    });
    const steps = fc.array(step, { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fate),
        steps,
        fc.constantFrom(0, SLOW_MS),
        async (fates, played, layoutMs) => {
          begin(layoutMs);
          brokers.fates.push(...fates);
          let value = 0;
          for (const { count, partition, waitMs } of played) {
            for (let i = 0; i < count; i++) append(`${partition}/${++value}`, partition);
            await clock.advance(waitMs);
          }
          await clock.advance(20 * APPEND_MS);
          expect(settled).toHaveLength(value);
          for (const partition of [0, 1, 2]) {
            const log = brokers.logs.get(partition) ?? [];
            const rejected = log.filter((each) => settled.includes(`${each} store-unavailable`));
            const done = settled.filter((each) => each.startsWith(`${partition}/`) && each.endsWith(' done'));
            expect(log.filter((each) => !rejected.includes(each)).map((each) => `${each} done`)).toEqual(
              done,
            );
            expect(new Set(log).size).toBe(log.length);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

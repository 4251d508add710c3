import { Logger } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { VitalsError } from '@vitals/core/errors';
import { Clock, ManualClock } from '@vitals/core/time';
import { AvailabilityState, HealthModule } from '@vitals/health';
import { Shutdown } from './shutdown.js';
import { AtShutdown, type Buffering, Buffers, SHUTDOWN_STAGES } from './stages.js';

const calls: string[] = [];
let lines: string[];
let told: string[];
let stacks: string[];
let clock: ManualClock;

beforeEach(() => {
  calls.length = 0;
  lines = [];
  told = [];
  stacks = [];
  clock = new ManualClock();
});

afterEach(() => Logger.overrideLogger(false));

const tell = (message: unknown, context: unknown): void => {
  if (context === 'Shutdown') told.push(String(message));
};
const keep = (message: unknown, ...rest: unknown[]): void => {
  lines.push(String(message));
  stacks.push(...rest.map(String).filter((text) => text.includes('\n')));
};

/** Takes part in every stage; the later stages are said first. */
class Feature {
  @AtShutdown('close')
  close(): void {
    calls.push('close');
  }
  @AtShutdown('checkpoint')
  checkpoint(): Promise<void> {
    return Promise.resolve(void calls.push('checkpoint'));
  }
  @AtShutdown('stop-judging')
  stopJudging(): void {
    calls.push('stop-judging');
  }
  @AtShutdown('stop-taking')
  stopTaking(): void {
    calls.push('stop-taking');
  }
  @AtShutdown('drain')
  drain(): void {
    calls.push('drain');
  }
}

/** Another provider in place of its base, with what the base does at shutdown. */
class Derived extends Feature {
  override stopTaking(): void {
    calls.push('derived');
  }
}

@Buffers()
class Buffer implements Buffering {
  waiting = 3;
  failures = 0;
  flush(): Promise<void> {
    calls.push('flush');
    if (this.failures-- > 0) return Promise.reject(new Error('the disk is full'));
    this.waiting = 0;
    return Promise.resolve();
  }
  unwritten(): Record<string, number> {
    return { 'things that wait': this.waiting, others: 0 };
  }
}

async function made(providers: readonly object[], drain = '0s') {
  const testing = await Test.createTestingModule({
    imports: [HealthModule.forRoot({ drain }), DiscoveryModule],
    providers: [
      Shutdown,
      ...providers.map((one, index) => ({ provide: `p${index}`, useFactory: () => one })),
      { provide: 'alias', useExisting: 'p0' },
    ],
  })
    .setLogger({ log: tell, warn: keep, error: keep, debug: () => undefined })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  return { shutdown: testing.get(Shutdown), availability: testing.get(AvailabilityState) };
}

/** Lets what goes on come to where it waits for time. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resume) => setImmediate(resume));
}

describe('Shutdown', () => {
  it('goes through the stages in their order, once, whatever is asked again', async () => {
    const { shutdown } = await made([new Feature(), new Buffer()]);
    await Promise.all([shutdown.onModuleDestroy(), shutdown.onModuleDestroy()]);
    await shutdown.onModuleDestroy();
    expect(calls).toEqual(Object.keys(SHUTDOWN_STAGES));
    expect(shutdown.lost.size).toBe(0);
  });

  it('calls what a provider has inherited, and what it has put in its place', async () => {
    const { shutdown } = await made([new Derived()]);
    await shutdown.onModuleDestroy();
    expect(calls).toEqual(['drain', 'derived', 'stop-judging', 'checkpoint', 'close']);
  });

  it('says at the end that everything is written', async () => {
    const { shutdown } = await made([new Feature(), new Buffer()]);
    await shutdown.onModuleDestroy();
    expect(told).toEqual(['everything is written; the process ends']);
  });

  it('says of a known fault what is wrong in one sentence, and of any other where it comes from', async () => {
    const feature = new Feature();
    feature.checkpoint = () => Promise.reject(new VitalsError('store-unavailable', 'the file was changed'));
    const { shutdown } = await made([feature]);
    await shutdown.onModuleDestroy();
    expect(lines).toEqual(['Feature.checkpoint failed in the stage checkpoint: the file was changed']);
    expect([stacks, told]).toEqual([[], []]);
  });

  it('turns readiness DOWN at once, and stops nothing before the drain is over', async () => {
    const { shutdown, availability } = await made([new Feature()], '5s');
    const ended = shutdown.onModuleDestroy();
    expect(availability.notReady()).toContain('shutdown');
    await settled();
    await clock.advance(4_999);
    expect(calls).toEqual(['drain']);
    await clock.advance(1);
    await ended;
    expect(calls).toContain('close');
  });

  it.each(['before it begins', 'while it goes on'])(
    'leaves out the drain when it is hurried %s',
    async (when) => {
      const { shutdown } = await made([new Feature()], '5m');
      if (when === 'before it begins') shutdown.hurry();
      const ended = shutdown.onModuleDestroy();
      await settled();
      shutdown.hurry();
      await ended;
      expect(calls).toContain('close');
    },
  );

  it('leaves out no stage because another failed', async () => {
    const feature = new Feature();
    feature.stopTaking = () => {
      throw new Error('it cannot be stopped');
    };
    const { shutdown } = await made([feature, new Buffer()]);
    await shutdown.onModuleDestroy();
    expect(calls).toEqual(['drain', 'stop-judging', 'flush', 'checkpoint', 'close']);
    expect(lines).toEqual(['Feature.stopTaking failed in the stage stop-taking: it cannot be stopped']);
    expect(stacks).toEqual([expect.stringContaining('shutdown.spec')]);
  });

  it('goes on after its time without who does not end, and says who that is', async () => {
    const feature = new Feature();
    feature.stopJudging = () => new Promise(() => undefined) as never;
    const { shutdown } = await made([feature]);
    const ended = shutdown.onModuleDestroy();
    await settled();
    expect(calls).not.toContain('close');
    await clock.advance(SHUTDOWN_STAGES['stop-judging']);
    await ended;
    expect(calls.at(-1)).toBe('close');
    expect(lines).toEqual(['the stage stop-judging continues without Feature.stopJudging after 2 s']);
  });

  it('tries again what could not be written, until it is', async () => {
    const buffer = new Buffer();
    buffer.failures = 3;
    const { shutdown } = await made([new Feature(), buffer]);
    const ended = shutdown.onModuleDestroy();
    for (let tries = 0; tries < 3; tries++) {
      await settled();
      expect(calls).not.toContain('checkpoint');
      await clock.advance(1_000);
    }
    await ended;
    expect([calls.at(-1), shutdown.lost.size]).toEqual(['close', 0]);
  });

  it('gives up in the end, says how much is lost of what, and closes all the same', async () => {
    const buffer = new Buffer();
    buffer.failures = Infinity;
    const { shutdown } = await made([new Feature(), buffer]);
    const ended = shutdown.onModuleDestroy();
    for (let passed = 0; passed < SHUTDOWN_STAGES.flush; passed += 1_000) {
      await settled();
      await clock.advance(1_000);
    }
    await ended;
    expect([...shutdown.lost]).toEqual([['things that wait', 3]]);
    expect(calls.at(-1)).toBe('close');
    expect(lines.at(-1)).toBe(
      'LOST, for the database could not be written to within 10 s: 3 things that wait',
    );
    expect(told).toEqual([]);
  });
});

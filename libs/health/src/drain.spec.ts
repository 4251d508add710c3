import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { ManualClock } from '@vitals/core/time';
import { AvailabilityState } from './availability-state.js';
import { Drain } from './drain.js';

beforeEach(() => Logger.overrideLogger(false));

/** Whether a promise has settled by now. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resume) => setImmediate(resume));
  return done;
}

function made(drain: string) {
  const clock = new ManualClock();
  const availability = new AvailabilityState();
  return { clock, availability, drain: new Drain(availability, clock, { drain }) };
}

describe('Drain', () => {
  it('lasts as long as it is told, however often it is begun', async () => {
    const { clock, availability, drain } = made('5s');
    const first = drain.begin();
    expect(availability.notReady()).toContain('shutdown');
    await clock.advance(3_000);
    const second = drain.begin();
    expect(await isDone(second)).toBe(false);
    await clock.advance(2_000);
    expect([await isDone(first), await isDone(second)]).toEqual([true, true]);
  });

  it('ends when it is told to, and takes no time when it was told so before', async () => {
    const { drain } = made('5m');
    const begun = drain.begin();
    expect(await isDone(begun)).toBe(false);
    drain.end();
    expect(await isDone(begun)).toBe(true);
    const other = made('5m').drain;
    other.end();
    expect(await isDone(other.begin())).toBe(true);
  });
});

/** A worker that serves nothing: while it drains nothing but the drain keeps its process alive. */
const WORKER = `
  import 'reflect-metadata';
  import { Module } from '@nestjs/common';
  import { NestFactory } from '@nestjs/core';
  import { HealthModule } from '@vitals/health';
  class Worker { onApplicationShutdown() { process.stdout.write('closed'); } }
  class App {}
  Module({ imports: [HealthModule.forRoot({ drain: '300ms' })], providers: [Worker] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  await app.close();
`;

describe('A process that serves nothing', () => {
  it('runs every hook after its drain, and does not end in the middle of it', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', WORKER], { cwd: 'libs/health' });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, text]).toEqual([0, 'closed']);
  });
});

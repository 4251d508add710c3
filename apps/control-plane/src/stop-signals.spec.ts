import { EventEmitter } from 'node:events';
import type { INestApplicationContext } from '@nestjs/common';
import { StopSignals } from './stop-signals.js';

/** A process that notes how it ended. */
class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  text = '';
  readonly stdout = { isTTY: false };
  readonly stderr = { write: (text: string) => (this.text += text) };
  exit(code: number): void {
    this.codes.push(code);
  }
}

/** An app that ends when it is told to. */
class FakeApp {
  closings = 0;
  hurried = 0;
  drainMs = 0;
  readonly lost = new Map<string, number>();
  private done: () => void = () => undefined;

  get(): object {
    return { hurry: () => this.hurried++, lost: this.lost, drainMs: this.drainMs };
  }

  close(): Promise<void> {
    this.closings++;
    return new Promise((resolve) => (this.done = resolve));
  }

  async closed(): Promise<void> {
    this.done();
    await new Promise((resume) => setImmediate(resume));
  }

  get asApp(): INestApplicationContext {
    return this as unknown as INestApplicationContext;
  }
}

let fake: FakeProcess;
let app: FakeApp;
let signals: StopSignals;
let nowMs: number;

beforeEach(() => {
  fake = new FakeProcess();
  app = new FakeApp();
  nowMs = 0;
  signals = new StopSignals(fake, () => nowMs);
});

describe('StopSignals', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])(
    'ends the app at %s, and then the process with 0',
    async (signal) => {
      signals.started(app.asApp);
      fake.emit(signal);
      expect([app.closings, fake.codes]).toEqual([1, []]);
      await app.closed();
      expect([fake.codes, fake.text]).toEqual([[0], '']);
    },
  );

  it.each([
    [true, 5_000, 'vitals: ends after a drain of 5 s; another Ctrl-C ends the drain at once\n'],
    [true, 0, ''],
    [false, 5_000, ''],
  ])('on a terminal (%s) with a drain of %d ms says: %j', (isTTY, drainMs, text) => {
    fake.stdout.isTTY = isTTY;
    app.drainMs = drainMs;
    signals.started(app.asApp);
    fake.emit('SIGINT');
    expect(fake.text).toBe(text);
  });

  it('ends the process with 1 if something that was buffered is lost', async () => {
    signals.started(app.asApp);
    fake.emit('SIGTERM');
    app.lost.set('results', 3);
    await app.closed();
    expect(fake.codes).toEqual([1]);
  });

  it('ends the drain at the second signal, of whatever kind, and closes once', async () => {
    signals.started(app.asApp);
    fake.emit('SIGTERM');
    fake.emit('SIGINT');
    expect([app.closings, app.hurried, fake.codes]).toEqual([1, 1, []]);
    await app.closed();
    expect(fake.codes).toEqual([0]);
  });

  it('ends the process as it is at the third signal, and says so', () => {
    signals.started(app.asApp);
    for (const signal of ['SIGTERM', 'SIGTERM']) fake.emit(signal);
    nowMs += 1_001;
    fake.emit('SIGTERM');
    expect(fake.codes).toEqual([1]);
    expect(fake.text).toBe(
      'vitals: ended at the third signal, before everything that is buffered was written\n',
    );
  });

  it('takes signals that come at once for one that was passed on, and loses nothing for it', async () => {
    signals.started(app.asApp);
    for (let passedOn = 0; passedOn < 4; passedOn++) fake.emit('SIGINT');
    expect(fake.codes).toEqual([]);
    await app.closed();
    expect(fake.codes).toEqual([0]);
  });

  it('waits for the start to end when it is asked to end before that', async () => {
    fake.emit('SIGTERM');
    expect([signals.received, app.closings]).toEqual([true, 0]);
    signals.started(app.asApp);
    expect(app.closings).toBe(1);
    await app.closed();
    expect(fake.codes).toEqual([0]);
  });

  it('ends a start that does not end at the second signal, with 1', () => {
    fake.emit('SIGTERM');
    fake.emit('SIGTERM');
    expect([fake.codes, fake.text]).toEqual([[1], 'vitals: ended while it was starting\n']);
  });
});

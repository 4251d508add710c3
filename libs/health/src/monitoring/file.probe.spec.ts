import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { ManualClock } from '@vitals/core/time';
import { recordingLogger } from '../../test/health-app.js';
import { AvailabilityState, BOOTSTRAP_TARGET, SHUTDOWN_TARGET } from '../availability-state.js';
import { HealthRegistry } from '../discovery/health.registry.js';
import { HealthEvents } from '../health.events.js';
import { HealthService } from '../health.service.js';
import { CheckMonitor } from './check.monitor.js';
import { FileProbe } from './file.probe.js';

const folder = mkdtempSync(join(tmpdir(), 'vitals-files-'));
const live = join(folder, 'live');
const ready = join(folder, 'ready');

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => Logger.overrideLogger(false));

async function started({ liveness = live, readiness = ready } = {}) {
  const clock = new ManualClock(1_700_000_000_000);
  const registry = new HealthRegistry();
  const events = new HealthEvents();
  const availability = new AvailabilityState(events);
  const service = new HealthService(registry, new CheckMonitor(clock, registry, events), availability, clock);
  const probe = new FileProbe(service, clock, events, { files: { liveness, readiness, every: '5s' } });
  const check = { up: true };
  registry.register('queue', { kinds: ['readiness'] }, () => check.up);
  await probe.onModuleInit();
  availability.target(BOOTSTRAP_TARGET).ready();
  probe.onApplicationBootstrap();
  return { clock, availability, probe, check };
}

/** File access is real, so that it takes a moment. */
async function eventually(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 3_000 && !condition(); tries++) await sleep(5);
  expect(condition()).toBe(true);
}

const contentOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

describe('FileProbe', () => {
  it('holds the second until which each kind may be believed, and renews it', async () => {
    const { clock, probe } = await started();
    await eventually(() => contentOf(live) === '1700000015\n' && contentOf(ready) === '1700000015\n');
    await clock.advance(5_000);
    await eventually(() => contentOf(live) === '1700000020\n');
    await probe.beforeApplicationShutdown();
  });

  it('removes the file of a kind that is DOWN, and brings it back', async () => {
    const { clock, probe, check } = await started();
    await eventually(() => existsSync(ready));
    check.up = false;
    await clock.advance(5_000);
    await eventually(() => !existsSync(ready) && existsSync(live));
    check.up = true;
    await clock.advance(5_000);
    await eventually(() => existsSync(ready));
    await probe.beforeApplicationShutdown();
  });

  it('takes readiness away as soon as the app shuts down, and liveness at the very end', async () => {
    const { availability, probe } = await started();
    await eventually(() => existsSync(ready) && existsSync(live));
    availability.refuse(SHUTDOWN_TARGET);
    await eventually(() => !existsSync(ready));
    await probe.beforeApplicationShutdown();
    expect(existsSync(live)).toBe(true);
    await probe.onApplicationShutdown();
    expect(existsSync(live)).toBe(false);
  });

  it('does not believe what a process before it left behind', async () => {
    writeFileSync(ready, '9999999999\n');
    const clock = new ManualClock();
    const registry = new HealthRegistry();
    const events = new HealthEvents();
    const monitor = new CheckMonitor(clock, registry, events);
    const service = new HealthService(registry, monitor, new AvailabilityState(events), clock);
    await new FileProbe(service, clock, events, { files: { readiness: ready } }).onModuleInit();
    expect(existsSync(ready)).toBe(false);
  });

  it('says once that a file cannot be written, and goes on', async () => {
    const { lines, logger } = recordingLogger();
    Logger.overrideLogger(logger);
    const { clock, probe } = await started({ liveness: join(folder, 'missing', 'live') });
    await eventually(() => lines.error.length === 1 && existsSync(ready));
    await clock.advance(15_000);
    await probe.beforeApplicationShutdown();
    expect(lines.error).toEqual([
      expect.stringMatching(/the liveness file .*missing\/live cannot be written: ENOENT/),
    ]);
  });
});

import { ManualClock } from '@vitals/core/time';
import { onClock, recordingLogger } from '../test/health-app.js';
import { HealthModule, type HealthModuleOptions } from './index.js';

const WARNING =
  'HealthModule.forRoot: drain: nothing handles SIGTERM, so that the process ends at once and there is no drain; call app.enableShutdownHooks() before app.listen()';

/** The warnings of an app by a second after its start, and after another minute. */
async function warningsOf(
  health: HealthModuleOptions,
  afterStart: (app: { enableShutdownHooks(): unknown }) => void,
) {
  const clock = new ManualClock();
  const { lines, logger } = recordingLogger();
  const module = await onClock(clock, { module: class App {}, imports: [HealthModule.forRoot(health)] });
  const app = module.createNestApplication({ logger });
  await app.init();
  await clock.advance(500);
  afterStart(app);
  await clock.advance(60_000);
  const warnings = [...lines.warn];
  const closing = app.close();
  await clock.advance(60_000);
  await closing;
  return warnings;
}

describe('A drain', () => {
  const handler = (): void => undefined;

  /** Those of other apps of this process. */
  let others: NodeJS.SignalsListener[];

  beforeEach(() => {
    others = process.listeners('SIGTERM');
    process.removeAllListeners('SIGTERM');
  });

  afterEach(() => {
    process.removeAllListeners('SIGTERM');
    for (const other of others) process.on('SIGTERM', other);
  });

  it('is warned about once if nothing handles SIGTERM, with what to call', async () => {
    expect(await warningsOf({ drain: '5s' }, () => undefined)).toEqual([WARNING]);
  });

  it.each<[string, HealthModuleOptions, (app: { enableShutdownHooks(): unknown }) => void]>([
    ['its hooks are enabled, also after the start', { drain: '5s' }, (app) => void app.enableShutdownHooks()],
    ['the app handles the signal itself', { drain: '5s' }, () => void process.on('SIGTERM', handler)],
    ['there is none', {}, () => undefined],
    ['it takes no time', { drain: 0 }, () => undefined],
  ])('is not warned about if %s', async (_why, health, afterStart) => {
    expect(await warningsOf(health, afterStart)).toEqual([]);
  });
});

import { Logger } from '@nestjs/common';
import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import { SqliteFixture } from '../../test/sqlite-fixture.js';
import type { MassFailureWatch } from '../leases/mass-failure.watch.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { TransitionLog } from './transition.log.js';

let files: SqliteFixture;
let fixture: ChecksFixture;
let lines: string[];

beforeEach(async () => {
  files = new SqliteFixture();
  fixture = await ChecksFixture.started(await files.openedWithDatabase());
  const { journal, failures, directory, clock } = fixture;
  const noProviders = { isFrozen: () => false } as unknown as MassFailureWatch;
  const log = new TransitionLog(
    journal,
    new ProviderDirectory(journal),
    noProviders,
    directory,
    failures,
    clock,
  );
  log.onModuleInit();
  lines = [];
  vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await files.close();
});

const linesOfChecks = (): string[] => lines.filter((line) => line.includes('→ Critical'));

describe('TransitionLog', () => {
  it('has one line for the checks of services that fail together, and one for each that fails by itself', async () => {
    await fixture.define('db');
    for (let port = 1; port <= 8; port++) {
      await fixture.register('shop', { healthPath: '', interval: 30_000 }, port, 'prod');
    }
    await fixture.pass(40_000);
    expect(fixture.massFailures.ongoingOf('service').map(({ zone }) => zone)).toContain('prod');
    expect(linesOfChecks()).toEqual([]);
    expect(lines).toContain('8 transitions of a mass failure; GET /transitions lists them');
    fixture.answer = () => 'failure';
    await fixture.pass(40_000);
    expect(linesOfChecks()).toEqual([expect.stringContaining('db: ')]);
  });
});

import { Logger } from '@nestjs/common';
import { AvailabilityState } from '@vitals/health';
import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import { LeasesModule } from '../leases/leases.module.js';
import { ProviderHealthStage } from '../provider-health/provider-health.module.js';
import { TransitionsModule } from './transitions.module.js';

let fixture: ChecksFixture;
let lines: string[];

beforeEach(async () => {
  fixture = await ChecksFixture.start({
    modules: [ProviderHealthStage, LeasesModule, TransitionsModule],
    providers: [AvailabilityState],
  });
  lines = [];
  vi.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
});

afterEach(() => vi.restoreAllMocks());

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

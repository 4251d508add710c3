import { ChecksFixture } from '../../test/checks/checks-fixture.js';
import { SqliteFixture } from '../../test/sqlite-fixture.js';

let files: SqliteFixture;
let fixture: ChecksFixture;

beforeEach(async () => {
  files = new SqliteFixture();
  fixture = await ChecksFixture.started(await files.opened());
});

afterEach(() => files.close());

describe('a loss of power', () => {
  it('does not bring back failures that a success had ended', async () => {
    const check = await fixture.define('db', { failuresBeforeWarning: 3, failuresBeforeCritical: 3 });
    const look = async (outcome: 'failure' | 'success'): Promise<void> => {
      fixture.answer = () => outcome;
      await fixture.done(fixture.executor.runNow(check));
      await fixture.pass(1_000);
    };
    for (const outcome of ['success', 'failure', 'failure', 'success'] as const) await look(outcome);
    const again = await ChecksFixture.started(await files.openedAfterPowerLoss(), fixture.clock);
    again.answer = () => 'failure';
    await again.done(again.executor.runNow(again.directory.get('db')));
    expect(again.directory.get('db')).toMatchObject({ status: 'Passing', state: { failures: 1 } });
  });
});

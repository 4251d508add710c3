import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VitalsError } from '@vitals/core/errors';
import { checks } from '../../test/checks/watched-fixture.js';
import { type JoinedPlane, JoinedPlanes } from '../../test/joined-planes.js';
import { CheckDirectory } from '../checks/check.directory.js';
import { CheckService } from '../checks/check.service.js';
import { ChecksModule } from '../checks/checks.module.js';
import { MassFailuresModule } from '../mass-failures/mass-failures.module.js';
import { ServicesModule } from '../services/services.module.js';
import { DeclarationsModule } from './declarations.module.js';
import { DeclarationsWatch } from './declarations.watch.js';

const folder = mkdtempSync(join(tmpdir(), 'vitals-cluster-'));
const paths = ['a', 'b'].map((name) => join(folder, `${name}.yaml`)) as [string, string];
let planes: JoinedPlanes;

afterAll(() => rmSync(folder, { recursive: true }));

/** A control plane whose file lies there. */
async function joinedWith(path: string): Promise<JoinedPlane> {
  const modules = [MassFailuresModule, ServicesModule, ChecksModule, DeclarationsModule.forRoot(path)];
  const joined = await planes.join({ modules, settings: { declarationsPath: path } });
  await poll();
  return joined;
}

/** Everybody looks at its file often enough, and hears of the others. */
async function poll(): Promise<void> {
  for (let looks = 0; looks < 4; looks++) {
    for (const { plane } of planes.all) await plane.done(plane.get(DeclarationsWatch).poll());
    for (let turn = 0; turn < 5; turn++) await planes.clock.advance(0);
    await planes.follow();
  }
}

const write = (path: string, ...ids: string[]): void => writeFileSync(path, JSON.stringify(checks(...ids)));
const ids = ({ plane }: JoinedPlane): string =>
  [...plane.get(CheckDirectory).all()].map(({ id }) => id).join(' ');
const healthOf = ({ plane }: JoinedPlane): string => {
  const { state, reason } = plane.get(DeclarationsWatch).check();
  return `${state} ${reason ?? ''}`.trim();
};
const DISPUTED = expect.stringMatching(/^DOWN another control plane has applied another file/);

describe('Declarations of a cluster', () => {
  beforeEach(() => (planes = new JoinedPlanes([])));

  it('are applied by the leader and by nobody else, and are the same everywhere', async () => {
    write(paths[0], 'x');
    write(paths[1], 'x');
    const [a, b] = [await joinedWith(paths[0]), await joinedWith(paths[1])];
    expect([ids(a), ids(b)]).toEqual(['', '']);
    planes.grants.give(b.owned);
    await poll();
    expect([ids(a), ids(b), healthOf(a), healthOf(b)]).toEqual(['x', 'x', 'UP', 'UP']);
    const before = planes.store.attempts;
    planes.grants.give(a.owned);
    await poll();
    expect([ids(a), planes.store.attempts - before]).toEqual(['x', 0]);
  });

  it('are said to disagree where another file was applied, until they agree', async () => {
    write(paths[0], 'x');
    write(paths[1], 'y');
    const a = await joinedWith(paths[0]);
    planes.grants.give(a.owned);
    await poll();
    const b = await joinedWith(paths[1]);
    expect([ids(a), ids(b), healthOf(a), healthOf(b)]).toEqual(['x', 'x', 'UP', DISPUTED]);
    write(paths[1], 'x');
    await poll();
    expect(healthOf(b)).toBe('UP');
    write(paths[1], 'x', 'z');
    await poll();
    expect([ids(a), healthOf(b)]).toEqual(['x', DISPUTED]);
    planes.grants.give(b.owned);
    await poll();
    expect([ids(a), healthOf(a), healthOf(b)]).toEqual(['x z', DISPUTED, 'UP']);
  });

  it('are applied again where a later file was applied in part, and the one before is back', async () => {
    write(paths[0], 'x');
    const a = await joinedWith(paths[0]);
    planes.grants.give(a.owned);
    await poll();
    const checkService = a.plane.get(CheckService);
    const define = checkService.define.bind(checkService);
    const refused = new VitalsError('store-unavailable', 'it is away');
    const spy = vi
      .spyOn(checkService, 'define')
      .mockImplementation((id, ...more) => (id === 'z' ? Promise.reject(refused) : define(id, ...more)));
    write(paths[0], 'x', 'y', 'z');
    await poll();
    expect(ids(a)).toBe('x y');
    spy.mockRestore();
    write(paths[0], 'x');
    await poll();
    expect([ids(a), healthOf(a)]).toEqual(['x', 'UP']);
  });

  it('are not applied by who only believes that it leads', async () => {
    write(paths[0], 'x');
    write(paths[1], 'x', 'y');
    const [a, b] = [await joinedWith(paths[0]), await joinedWith(paths[1])];
    planes.grants.give(a.owned);
    await poll();
    planes.grants.give(b.owned, [0], { unaware: a.owned });
    await poll();
    expect(ids(b)).toBe('x y');
    write(paths[0], 'z');
    await poll();
    expect([ids(a), ids(b)]).toEqual(['x y', 'x y']);
  });
});

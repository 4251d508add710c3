import { MemoryClusterLog, MemoryTopics } from '../../../../test/support/memory.cluster-log.js';
import { MemoryDatabase } from '../../test/memory.database.js';
import { joinCluster } from './cluster.identity.js';

/** A log that lies elsewhere than the others of a test. */
class OtherLog extends MemoryClusterLog {
  override get place(): string {
    return 'vitals at another Kafka';
  }
}

let database: MemoryDatabase;
let topics: MemoryTopics;

beforeEach(() => {
  database = new MemoryDatabase();
  topics = new MemoryTopics();
});

const log = (of = topics): MemoryClusterLog => new MemoryClusterLog(of, 'a');

describe('database and log of a cluster', () => {
  it('are tied to each other by the first start, and by no later one', async () => {
    const id = await joinCluster(database, log());
    expect(await joinCluster(database, log())).toBe(id);
  });

  it('refuse a log that belongs to the database of another cluster', async () => {
    await joinCluster(database, log());
    await expect(joinCluster(new MemoryDatabase(), log())).rejects.toMatchObject({
      code: 'settings-invalid',
    });
  });

  it('refuse another log, and say how to go on if the first one is gone for good', async () => {
    await joinCluster(database, log());
    await expect(joinCluster(database, new OtherLog(new MemoryTopics(), 'a'))).rejects.toMatchObject({
      code: 'settings-invalid',
      message: expect.stringMatching(
        /^DATABASE_URL: .*whose topics are memory, and not .*UPDATE cluster SET log/,
      ),
    });
  });

  it('are tied once more after a start that ended in between', async () => {
    const claims = vi.spyOn(topics, 'claim').mockImplementationOnce(() => {
      throw new Error('the process ends here');
    });
    await expect(joinCluster(database, log())).rejects.toThrow('ends here');
    const id = await joinCluster(database, log());
    expect(claims.mock.calls).toEqual([[id], [id]]);
  });
});

import { SystemClock } from '@vitals/core/time';
import { openClusterLog } from '../../apps/control-plane/dist/cluster/open-cluster-log.js';
import { readSettings } from '../../apps/control-plane/dist/settings/read-settings.js';

/**
 * A member of a group, in a process of its own, to be stopped and killed. Says on stdout, a line of JSON each, what it
 * is told and what it is delivered; commits what it is delivered 100 ms later.
 */
const [port, topicPrefix, instance] = process.argv.slice(2);
const say = (what, more = {}) =>
  process.stdout.write(`${JSON.stringify({ what, atMs: Date.now(), ...more })}\n`);

const { kafka } = readSettings({});
const log = await openClusterLog(new SystemClock(), {
  kafka: { ...kafka, brokers: [{ host: '127.0.0.1', port: Number(port) }], topicPrefix, partitions: 4 },
  instance,
});
const membership = log.join('executors', 'health-checks', {
  onAssigned: (partitions) => say('assigned', { partitions }),
  onRevoked: (partitions) => say('revoked', { partitions }),
  onLost: (partitions) => say('lost', { partitions }),
  onMembers: (members) => say('members', { members }),
  deliver: {
    from: 'beginning',
    onRecords: async (delivery) => {
      const { partition, records } = delivery;
      const values = records.map(({ value }) => String(value));
      say('delivered', { partition, values, isHeld: delivery.isHeld() });
      await new Promise((resolve) => setTimeout(resolve, 100));
      const isHeld = delivery.isHeld();
      const isCommitted = await delivery.commit();
      say('committed', { partition, values, isHeld, isCommitted, holds: membership.holds(partition) });
    },
  },
});
process.on('SIGTERM', () => void log.close().then(() => process.exit(0)));

import { HIGH_LIMIT } from '../fleet/fleet.js';
import { ADMIN_TOKEN, callerOf } from '../support/servers.js';
import { cpuSecondsOf, cpuSecondsOfTree } from '../support/usage.js';

/** What is started with `npm run cluster`, on free ports, with authentication on. */
export async function startCluster(instances = 3, environment = {}) {
  // compiled by `npm run bench`, and by nothing that only asks for its usage
  const { LocalCluster } = await import('../../cluster/dist/cluster/launch/cluster.js');
  const cluster = new LocalCluster({
    instances,
    port: 0,
    environment: { ...HIGH_LIMIT, VITALS_ADMIN_TOKEN: ADMIN_TOKEN, VITALS_DRAIN: '0', ...environment },
    log: () => undefined,
    onDeath: (instance, how) => void process.stderr.write(`${instance.name} ended: ${how}\n`),
  });
  try {
    await cluster.start();
    const members = cluster.instances.map((instance) => memberOf(instance));
    await untilOwned(members);
    return {
      members,
      cpuSeconds: () => members.reduce((sum, { cpuSeconds }) => sum + cpuSeconds(), 0),
      postgresSeconds: () => cpuSecondsOfTree(cluster.postgres.pid),
      kafkaSeconds: () => cpuSecondsOf(cluster.kafka.pid),
      stop: () => cluster.stop(),
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

function memberOf(instance) {
  const { url, port } = instance;
  return {
    url,
    port,
    pid: instance.pid,
    cpuSeconds: () => cpuSecondsOf(instance.pid),
    kill: () => instance.kill(),
    call: callerOf(url),
  };
}

/** How each of these instances stands in the cluster; nothing of one that does not answer. */
export async function standingOf(members) {
  const answers = await Promise.all(
    members.map(({ url }) =>
      fetch(`${url}/health/ready`).then(
        (answer) => answer.json(),
        () => undefined,
      ),
    ),
  );
  return answers.map((answer) => answer?.checks?.find(({ name }) => name === 'cluster')?.data);
}

/** Resolves once these instances own all partitions. */
export async function untilOwned(members, everyMs = 100) {
  for (;;) {
    const standing = await standingOf(members);
    const owned = standing.reduce((sum, data) => sum + (data?.owned ?? 0), 0);
    if (standing.every((data) => data?.owned > 0) && owned === standing[0].partitions) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

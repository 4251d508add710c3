import { fleetOf, registerFleet, startWith } from '../fleet/fleet.js';
import { drive, startDriver } from '../support/load.js';
import { stopAll } from '../support/servers.js';
import { pluck, ratios, row } from '../support/statistics.js';
import { startCluster } from './cluster.js';

const CONNECTIONS = 60;
const GOAL = { atMost: 1.5 };

/** What a heartbeat costs on a cluster of three instances, beside one process on SQLite, at the same rate. */
export async function benchClusterHeartbeats({
  size = 5_000,
  perSecond = 3_000,
  rounds = 5,
  seconds = 12,
  instances = 3,
} = {}) {
  const fleet = await fleetOf(size);
  const drivers = await Promise.all(Array.from({ length: instances }, startDriver));
  const about = {
    of: 'beats',
    connections: CONNECTIONS / instances,
    perSecond: perSecond / instances,
    seconds,
  };
  const measured = { cluster: [], alone: [] };
  const cluster = await startCluster(instances);
  let alone;
  try {
    const [driver] = drivers;
    const file = await registerFleet(cluster.members[0], driver, size);
    for (const each of drivers) await each.ask('prepare', { as: 'beats', kind: 'beats', file });
    await driver.ask('prepare', { as: 'beats of one', kind: 'beats', file: fleet.file });
    alone = await startWith(fleet);
    const onCluster = () => measureCluster(cluster, drivers, about);
    const onOne = () =>
      drive(alone, driver, 'paced', { ...about, of: 'beats of one', connections: CONNECTIONS, perSecond });
    await onCluster();
    await onOne();
    for (let round = 0; round < rounds; round++) {
      measured.cluster.push(await onCluster());
      measured.alone.push(await onOne());
    }
  } finally {
    await stopAll([...drivers, cluster, ...(alone ? [alone] : [])]);
  }
  return {
    title: 'Heartbeats on a cluster',
    how: `${size.toLocaleString('en')} providers, each with its own token, send ${perSecond.toLocaleString('en')} heartbeats per second at even distances, a third of them to each of ${instances} instances over PostgreSQL and Kafka on the same machine; and all of them to one process on SQLite, in turns of ${seconds} s, ${rounds} times after one to warm up. The cluster idles while the process alone is driven, and the other way round. CPU is of all threads of the control planes, what they do at rest included; PostgreSQL and Kafka are told apart from them.`,
    rows: rowsOf(measured),
  };
}

async function measureCluster(cluster, drivers, about) {
  const before = [cluster.cpuSeconds(), cluster.postgresSeconds(), cluster.kafkaSeconds()];
  const driven = await Promise.all(
    drivers.map((driver, at) => drive(cluster.members[at], driver, 'paced', about)),
  );
  const after = [cluster.cpuSeconds(), cluster.postgresSeconds(), cluster.kafkaSeconds()];
  const answers = driven.reduce((sum, each) => sum + each.answers, 0);
  const [cpuMicros, postgresMicros, kafkaMicros] = after.map(
    (end, at) => ((end - before[at]) * 1e6) / answers,
  );
  const p99Ms = Math.max(...driven.map((each) => each.p99Ms));
  return { cpuMicros, postgresMicros, kafkaMicros, p99Ms, perSecond: answers / driven[0].seconds };
}

function rowsOf({ cluster, alone }) {
  const one = row('CPU per heartbeat, one process on SQLite', 'µs', 1, pluck(alone, 'cpuMicros'));
  return [
    row('CPU per heartbeat, all instances of the cluster', 'µs', 1, pluck(cluster, 'cpuMicros')),
    one,
    row(
      'the cluster / one process',
      '',
      3,
      ratios(pluck(cluster, 'cpuMicros'), pluck(alone, 'cpuMicros')),
      GOAL,
      one,
    ),
    row('CPU per heartbeat, PostgreSQL', 'µs', 1, pluck(cluster, 'postgresMicros')),
    row('CPU per heartbeat, Kafka', 'µs', 1, pluck(cluster, 'kafkaMicros')),
    row('p99 at the slowest instance', 'ms', 2, pluck(cluster, 'p99Ms')),
    row('p99, one process', 'ms', 2, pluck(alone, 'p99Ms')),
    row('heartbeats answered by the cluster', '1/s', 0, pluck(cluster, 'perSecond')),
  ];
}

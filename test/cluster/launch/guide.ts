import type { LocalCluster } from './cluster.js';

/**
 * What to try with a cluster that runs, for people.
 * @param authorization of an administrator, if tokens are needed
 * @param isAsked whether commands are read from a terminal
 */
export function guideTo(cluster: LocalCluster, authorization: string | undefined, isAsked: boolean): string {
  const admin = authorization === undefined ? '' : ` -H 'authorization: ${authorization}'`;
  const json = `-H 'content-type: application/json'`;
  const registration = '{"endpoint":"http://10.0.0.7:8080","service_type":"vm","schema_version":"v1"}';
  const instances = cluster.instances.map(
    ({ name, url, pid, logFile }) => `  ${name}      ${url}  pid ${pid}  ${logFile}`,
  );
  const [first] = cluster.instances;
  const next = isAsked
    ? 'Then press Enter here to start it again; "help" lists what else there is; Ctrl-C ends everything.'
    : 'SIGINT ends everything. Commands are read from a terminal only; without one, --restart starts it again.';
  return `
  everything      ${cluster.url}   API: ${cluster.url}/docs
${instances.join('\n')}
  PostgreSQL      ${cluster.databaseUrl}
  Kafka           127.0.0.1:${cluster.kafka.port}

Register a provider, and let it beat through the load balancer:
  curl -s -X PUT ${cluster.url}/providers/vm-1${admin} ${json} -d '${registration}'
  while sleep 1; do curl -s -X PUT ${cluster.url}/providers/vm-1/status${admin} ${json} \\
    -d "{\\"timestamp\\":\\"$(date -u +%FT%TZ)\\",\\"phase\\":\\"Ready\\"}"; done
Kill an instance, and see that nobody is marked, and who takes its partitions:
  kill -9 ${first?.pid ?? 'PID'}
${next}
`;
}

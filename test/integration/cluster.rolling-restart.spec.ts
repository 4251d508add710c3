import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { ADMIN_TOKEN, REGISTRATION_TOKEN, TestedCluster } from '../cluster/faults/tested.cluster.js';
import { Caller } from '../cluster/load/caller.js';
import { until } from '../cluster/load/until.js';
import { describeWith, provideService } from './services/provide-service.js';
import { startKafka } from './services/kafka.js';

/** Says whether Kafka and PostgreSQL can be started here; the cluster starts its own. */
const kafka = await provideService('Kafka', () => startKafka());
const AGENT = ['--endpoint', 'http://10.0.0.7:8080', '--service-type', 'vm', '--registration-token'];
/** What a shell script does that has nothing but curl. */
const SCRIPT = `
while :; do
  curl -s -o /dev/null -m 2 --retry 3 --retry-connrefused -X PUT "$URL/providers/by-curl/status" \\
    -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
    -d "{\\"timestamp\\":\\"$(date -u +%FT%TZ)\\",\\"phase\\":\\"Ready\\"}"
  sleep 0.9
done`;

describeWith(kafka)('A rolling restart', () => {
  let cluster: TestedCluster;
  const children: ChildProcess[] = [];
  const seen = new Map<string, Set<string>>();

  /** What an instance says of the two now; nothing while it cannot be asked. */
  async function look(caller: Caller): Promise<void> {
    const answer = await caller.ask({ method: 'GET', path: '/provider-status', token: ADMIN_TOKEN });
    const statuses = (answer?.body['providers'] ?? []) as readonly Record<'name' | 'availability', string>[];
    for (const { name, availability } of statuses)
      seen.set(name, (seen.get(name) ?? new Set()).add(availability));
  }

  beforeAll(async () => {
    cluster = await TestedCluster.create(() => undefined);
    await cluster.start(3);
  }, 180_000);

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await cluster.stop();
  }, 120_000);

  it('is not noticed by the stock agent, nor by a script with curl', async () => {
    const { url, balancer } = cluster.local;
    const front = new Caller(balancer.port);
    const registration = { endpoint: 'http://10.0.0.8:8080', service_type: 'vm', schema_version: 'v1' };
    const call = { method: 'PUT', path: '/providers/by-curl', token: REGISTRATION_TOKEN, body: registration };
    const answer = await front.ask(call);
    const { PATH = '' } = process.env;
    const environment = { PATH, URL: url, TOKEN: String(answer?.body['token']) };
    const agent = ['--name', 'by-agent', '--control-plane', url, ...AGENT, REGISTRATION_TOKEN];
    const program = resolve('libs/heartbeat/bin/vitals-agent.js');
    children.push(
      spawn(process.execPath, [program, ...agent], { env: { PATH }, stdio: 'ignore' }),
      spawn('bash', ['-c', SCRIPT], { env: environment, stdio: 'ignore' }),
    );
    const isAvailable = async (): Promise<boolean> => {
      seen.clear();
      await look(front);
      return ['by-agent', 'by-curl'].every((name) => seen.get(name)?.has('Available'));
    };
    await until(isAvailable, 60_000);

    let isDone = false;
    const looking = (async () => {
      while (!isDone) {
        await look(front);
        await new Promise((next) => setTimeout(next, 200));
      }
    })();
    for (const instance of cluster.instances) {
      expect(await instance.stop()).toBe(0);
      await cluster.local.startOne(instance);
      await cluster.whole();
    }
    isDone = true;
    await looking;
    expect(children.map(({ exitCode }) => exitCode)).toEqual([null, null]);
    // an instance that has just started says Unknown of whom it has not heard yet
    for (const states of seen.values())
      for (const state of states) expect(['Available', 'Unknown']).toContain(state);
    const log = await front.ask({ method: 'GET', path: '/transitions', token: ADMIN_TOKEN });
    expect(log?.body['transitions']).toHaveLength(2);
    front.close();
  }, 300_000);
});

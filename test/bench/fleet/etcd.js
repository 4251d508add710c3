import { join } from 'node:path';
import { Connection, requestBytes } from '../support/connection.js';
import { temporaryFolder } from '../support/folders.js';
import { CONNECTIONS } from '../support/load.js';
import { freePort, startProgram } from '../support/servers.js';

/**
 * Starts etcd with a data folder of its own. If that fails, what is returned has no `server`, but a `note` that
 * names the command that failed.
 */
export async function startEtcd() {
  const [port, peerPort] = [await freePort(), await freePort()];
  const folder = temporaryFolder();
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const args = ['--data-dir', join(folder, 'data'), '--listen-client-urls', client];
  args.push('--advertise-client-urls', client, '--listen-peer-urls', peer);
  args.push('--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`);
  try {
    return { server: await startProgram('etcd', args, { port, path: '/health', folder }) };
  } catch (error) {
    const command = 'etcd --data-dir … --listen-client-urls … (Debian package etcd-server)';
    return { note: `etcd did not run here: \`${command}\`: ${error.message}` };
  }
}

/** Grants leases 1 to `count` for `ttlSeconds`, over the HTTP gateway. */
export async function grantLeases({ port }, count, ttlSeconds) {
  const connections = await Connection.openAll(port, CONNECTIONS);
  let granted = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (granted < count) {
        const body = JSON.stringify({ ID: String(++granted), TTL: String(ttlSeconds) });
        const answer = await connection.ask(requestBytes({ method: 'POST', path: '/v3/lease/grant', body }));
        if (answer.status !== 200) throw new Error(`etcd answered ${answer.status} ${answer.body}`);
      }
      connection.close();
    }),
  );
}

/** How many leases etcd has not revoked. */
export async function countLeases({ url }) {
  const answer = await fetch(`${url}/v3/lease/leases`, { method: 'POST', body: '{}' });
  return ((await answer.json()).leases ?? []).length;
}

import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection, requestBytes } from '../support/connection.js';
import { THIS_BUILD } from '../support/builds.js';
import { temporaryFolder } from '../support/folders.js';
import { CONNECTIONS, flood, startDriver } from '../support/load.js';
import { nameOf } from './requests.js';
import { transitionsSince } from './transitions.js';
import { ADMIN_TOKEN, startControlPlane, stopAll } from '../support/servers.js';

/** For when one identity registers all, beats for all or reads all: the limit is there, and out of the way. */
export const HIGH_LIMIT = { VITALS_RATE_LIMIT: '1000000', VITALS_RATE_BURST: '1000000' };

/** Nobody falls silent while a fleet is prepared. */
const PATIENCE = { VITALS_MISSED_BEATS: '100' };

const fleets = new Map();

/**
 * A fleet of providers that are registered over HTTP, have beaten once and are Available, made once for a run:
 * its size, the `folder` with the database of a control plane that was stopped, a `file` with the tokens that it
 * gave out, and the sequence of the last transition. Each `build` has its own: one may not read what another wrote.
 */
export async function fleetOf(size, build = THIS_BUILD) {
  const key = `${size} ${build}`;
  if (!fleets.has(key)) fleets.set(key, await prepare(size, build));
  return fleets.get(key);
}

/** Starts a control plane on a copy of a fleet's database. */
export function startWith(fleet, environment = {}, folder = temporaryFolder()) {
  copyDatabase(fleet.folder, folder);
  return startControlPlane({ folder, environment, build: fleet.build });
}

/** Copies the database of a control plane that is not running. */
export function copyDatabase(from, to) {
  for (const file of ['vitals.db', 'vitals.db-wal']) {
    if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file));
  }
}

/** Registers a fleet at a control plane, and has each of it beat once. @returns a file with the tokens */
export async function registerFleet(controlPlane, driver, size) {
  const file = join(temporaryFolder(), 'fleet.json');
  const tokens = await registerAll(controlPlane, size);
  const gateway = await controlPlane.call('POST', '/tokens', { kind: 'gateway', names: ['bench-*'] });
  writeFileSync(file, JSON.stringify({ size, tokens, gatewayToken: gateway.token }));
  await driver.ask('prepare', { as: 'first beats', kind: 'beats', file, capabilities: true });
  await flood(controlPlane, driver, 'first beats', { amount: size });
  return file;
}

async function prepare(size, build) {
  const folder = temporaryFolder();
  const environment = { ...HIGH_LIMIT, ...PATIENCE };
  const controlPlane = await startControlPlane({ folder, environment, build });
  const driver = await startDriver();
  try {
    const file = await registerFleet(controlPlane, driver, size);
    const lastSequence = (await transitionsSince(controlPlane, 0)).at(-1).sequence;
    return { size, build, folder, file, lastSequence };
  } finally {
    await stopAll([driver, controlPlane]);
  }
}

async function registerAll({ port }, size) {
  const tokens = [];
  let next = 0;
  const connections = await Connection.openAll(port, Math.min(CONNECTIONS, size));
  await Promise.all(
    connections.map(async (connection) => {
      while (next < size) {
        const index = next++;
        const body = JSON.stringify(registrationOf(index));
        const request = requestBytes({ method: 'POST', path: '/providers', token: ADMIN_TOKEN, body });
        const answer = await connection.ask(request);
        if (answer.status !== 201)
          throw new Error(`a registration was answered ${answer.status} ${answer.body}`);
        tokens[index] = JSON.parse(answer.body).token;
      }
      connection.close();
    }),
  );
  return tokens;
}

/** Machines of a few sizes and kinds, spread over zones. */
function registrationOf(index) {
  const size = 2 ** (index % 4);
  return {
    name: nameOf(index),
    endpoint: `http://10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}:8080`,
    service_type: ['vm', 'vm', 'container', 'database'][index % 4],
    schema_version: 'v1',
    metadata: {
      region_code: `region-${index % 3}`,
      zone: `zone-${index % 9}`,
      resources: {
        total_cpu: 16 * size,
        total_memory: `${64 * size}GB`,
        total_storage: `${2 * size}TB`,
        total_node: size,
      },
    },
    labels: { tier: index % 10 === 0 ? 'gold' : 'standard', rack: `rack-${index % 500}` },
  };
}

// Makes the fixture of a migration: runs the control plane of a built checkout, gives it a fleet over HTTP, kills it,
// and writes what it left as SQL, beside what its own code reads of it as JSON.
//   node apps/control-plane/test/upgrade/make-fixture.js <built checkout> <name of its last migration>
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [checkout, name] = process.argv.slice(2);
if (!checkout || !name) throw new Error('usage: make-fixture.js <built checkout> <name>');
const built = join(resolve(checkout), 'apps/control-plane/dist');
const require = createRequire(join(built, 'main.js'));
const folder = mkdtempSync(join(tmpdir(), 'vitals-fixture-'));
const path = join(folder, 'vitals.db');
const ADMIN = 'fixture-admin';

const child = spawn(process.execPath, [join(built, 'main.js')], {
  env: {
    PATH: process.env['PATH'],
    PORT: '0',
    DATABASE_URL: `sqlite:${path}`,
    VITALS_ADMIN_TOKEN: ADMIN,
    VITALS_HEARTBEAT_INTERVAL: '1s',
    VITALS_HEARTBEAT_GRACE: '1s',
    VITALS_CHECK_ALLOW_CIDRS: '127.0.0.0/8',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
process.on('exit', () => child.kill('SIGKILL'));
let written = '';
const url = await new Promise((found) => {
  child.stdout.on('data', (chunk) => {
    written += String(chunk);
    const told = /ready at (http:\S+) after/.exec(written)?.[1];
    if (told) found(told);
  });
});

/** Calls the control plane, which must agree. */
async function call(method, at, body, token = ADMIN) {
  const answer = await fetch(url + at, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${text}`);
  return text.startsWith('{') ? JSON.parse(text) : text;
}

const beat = (provider, phase, token, more = {}) =>
  call(
    'PUT',
    `/providers/${provider}/status`,
    { timestamp: new Date().toISOString(), phase, ...more },
    token,
  );

const tokens = {};
for (const [index, provider] of ['vm-1', 'vm-2', 'silent', 'gone', 'p_2-x'].entries()) {
  const { token } = await call('POST', '/providers', {
    name: provider,
    endpoint: `http://10.0.0.${index + 1}:80`,
    service_type: index % 2 ? 'container' : 'vm',
    schema_version: 'v1',
    display_name: `The “${provider}” – ${index} 😀 'quoted'`,
    operations: ['create', 'delete'],
    labels: { tier: 'gold', index: String(index) },
    metadata: { region_code: 'r1', zone: `z${index}`, rack: index, resources: { total_cpu: '8' } },
  });
  tokens[provider] = token;
  await beat(provider, index === 1 ? 'Draining' : 'Ready', token);
}
await call('PATCH', '/providers/vm-1/resources', {
  timestamp: '2026-01-31T10:00:00Z',
  capacity: { cpu: 16, memory: '64GiB' },
  allocated: { cpu: '500m' },
  capabilities: ['gpu'],
});
await call('POST', '/providers/vm-2/drain');
await call('PUT', '/providers/silent/cordon');
tokens['vm-2, new'] = (await call('POST', '/providers/vm-2/token')).token;
await call('DELETE', '/providers/gone');
delete tokens['gone'];
tokens['gateway'] = (
  await call('POST', '/tokens', { kind: 'gateway', names: ['vm-*', 'com.example.*'], description: 'rack 7' })
).token;
tokens['read-only'] = (await call('POST', '/tokens', { kind: 'read-only', description: 'wall' })).token;
await beat('vm-1', 'Ready', tokens['vm-1']);
await call('POST', '/placement/reservations', { requirement: { cpu: 4 }, ttl_seconds: 600 });
const { id: held } = await call('POST', '/placement/reservations', {
  requirement: { cpu: 2 },
  ttl_seconds: 600,
});
await call('POST', `/placement/reservations/${held}/confirm`);
for (const [index, check] of [{ deregisterCriticalServiceAfter: 0, interval: 60000 }, undefined].entries()) {
  const node = {
    serviceId: `com.example.orders-${index}`,
    protocol: 'https',
    address: '10.0.0.9',
    port: 8443,
    tag: 'dev',
  };
  const id = `${node.serviceId}|dev:10.0.0.9:8443`;
  await call('POST', '/services', { ...node, name: 'orders', ...(check && { check }) });
  if (check) await call('PUT', '/services/check', { id, pass: true });
}
await call('PUT', '/checks/nightly-backup', { type: 'ttl', interval: '26h', labels: { team: 'db' } });
await call('PUT', '/checks/nightly-backup/status', { status: 'pass', message: '412 GB in 31 min' });
await call('PUT', '/checks/unreachable', {
  type: 'http',
  http: { url: 'http://127.0.0.1:9/', headers: { 'x-key': 's3cret' } },
  interval: '1s',
  failures_before_critical: 2,
});
await call('PUT', '/checks/paused', { type: 'tcp', tcp: { host: '127.0.0.1', port: 9 }, interval: '1m' });
await call('PUT', '/checks/paused/pause');

for (const until = Date.now() + 60_000; Date.now() < until;) {
  const { transitions } = await call('GET', '/transitions?limit=1000');
  const to = (subject) => transitions.filter((one) => one.subject === subject).at(-1)?.to;
  if (to('silent') === 'Unavailable' && to('unreachable') === 'Critical') break;
  for (const one of ['vm-1', 'vm-2', 'p_2-x']) await beat(one, 'Ready', tokens[one]);
  await new Promise((resume) => setTimeout(resume, 300));
}
// the minute of the uptime ends
for (const end = Date.now() + 62_000; Date.now() < end;) {
  for (const one of ['vm-1', 'vm-2', 'p_2-x']) await beat(one, 'Ready', tokens[one]);
  await new Promise((resume) => setTimeout(resume, 300));
}
child.kill('SIGKILL');
await once(child, 'exit');

const { DataSource } = require('typeorm');
require('reflect-metadata');
const { sqliteOptions } = await import(join(built, 'database/sqlite/data-source.js'));
const { SqliteStore } = await import(join(built, 'database/sqlite/sqlite.store.js'));
const { SqliteCheckStore } = await import(join(built, 'database/sqlite/checks/sqlite.check.store.js'));
const database = await new DataSource(sqliteOptions(path)).initialize();
const [store, checkStore] = [new SqliteStore(database), new SqliteCheckStore(database)];

async function all(pages) {
  const rows = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

const state = await store.load();
const checks = await all(checkStore.checks());
const uptime = {};
for (const { check } of checks) uptime[check.key] = await checkStore.uptime(check.key, 'minute', 0, 8e15);
const expected = {
  tokens,
  state,
  providers: await all(store.providers(0)),
  transitions: await store.transitions(0, 1_000),
  services: await all(checkStore.services()),
  checks,
  uptime,
};

const lines = [];
const objects = await database.query(
  `SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC, rowid`,
);
for (const { sql } of objects.filter(({ type }) => type === 'table'))
  lines.push(`${sql.replaceAll(/\s+/g, ' ')};`);
for (const { name: table } of objects.filter(({ type }) => type === 'table')) {
  const columns = (await database.query(`SELECT name FROM pragma_table_info('${table}')`)).map(
    (one) => one.name,
  );
  const quoted = columns.map((column) => `quote("${column}")`).join(` || ',' || `);
  for (const { row } of await database.query(`SELECT ${quoted} AS row FROM "${table}"`))
    lines.push(`INSERT INTO "${table}" VALUES (${row});`);
}
for (const { row } of await database.query(
  `SELECT 'DELETE FROM sqlite_sequence WHERE name = ' || quote(name) || '; INSERT INTO sqlite_sequence VALUES (' || quote(name) || ',' || seq || ')' AS row FROM sqlite_sequence`,
))
  lines.push(`${row};`);
for (const { sql } of objects.filter(({ type }) => type !== 'table'))
  lines.push(`${sql.replaceAll(/\s+/g, ' ')};`);

const here = dirname(fileURLToPath(import.meta.url));
writeFileSync(join(here, `${name}.sql`), `${lines.join('\n')}\n`);
writeFileSync(join(here, `${name}.json`), `${JSON.stringify(expected, undefined, 2)}\n`);
rmSync(folder, { recursive: true, force: true });
process.exit(0);

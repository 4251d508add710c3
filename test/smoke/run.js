import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// Starts the control plane with `npm start`, and uses it as the README's quick start does.
const folder = mkdtempSync(join(tmpdir(), 'vitals-smoke-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const child = spawn('npm', ['start'], {
  env: {
    ...process.env,
    PORT: String(port),
    DATABASE_URL: `sqlite:${join(folder, 'vitals.db')}`,
    VITALS_DRAIN: '0',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
});
let output = '';
child.stdout.on('data', (chunk) => (output += chunk));

try {
  await ready();
  const bootMs = Number(/ready at .* after (\d+) ms/.exec(output)?.[1]);
  assert.ok(bootMs > 0, `the ready line is missing in:\n${output}`);

  const registered = await send('POST', '/providers', {
    name: 'p1',
    endpoint: 'http://127.0.0.1:9000',
    service_type: 'vm',
    schema_version: 'v1',
    metadata: { zone: 'z1', resources: { total_cpu: 8, total_memory: '32GB' } },
  });
  assert.equal(registered.status, 201);
  const beat = await send('PUT', '/providers/p1/status', {
    timestamp: new Date().toISOString(),
    phase: 'Ready',
  });
  assert.equal(beat.status, 200);
  assert.deepEqual(Object.keys(beat.body), ['next_interval_seconds']);
  assert.equal((await send('GET', '/providers/p1/status')).body.availability, 'Available');
  assert.equal((await send('GET', '/placement/candidates?cpu=4')).body.candidates[0].name, 'p1');
  assert.equal((await send('GET', '/transitions')).body.transitions.length, 1);
  assert.equal((await send('GET', '/provider-status')).body.providers.length, 1);
  assert.equal((await send('GET', '/healthz')).status, 204);
  assert.equal((await send('GET', '/v1.0/healthz?components=true')).status, 204);
  assert.equal((await send('GET', '/health')).body.status, 'UP');
  process.stdout.write(
    `smoke: npm start answers as it should, ready ${bootMs} ms after its process started\n`,
  );
} finally {
  const ended = once(child, 'exit');
  process.kill(-Number(child.pid), 'SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

async function ready() {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`npm start ended with code ${child.exitCode}`);
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.status === 204) return;
    await sleep(100);
  }
  throw new Error('npm start did not become ready within 60 s');
}

async function send(method, path, body) {
  const answer = await fetch(url + path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : undefined };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  await once(server, 'close');
  return free;
}

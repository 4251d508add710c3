import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AgentEvents, HeartbeatAgent, type HeartbeatAgentOptions } from '@vitals/heartbeat';
import { TestControlPlane, until } from '../support/control-plane.js';

const ADMIN = 'admin-token-of-this-test';
const REGISTRATION = 'registration-token-of-this-test';

let plane: TestControlPlane;
let folder: string;
let tokenFile: string;
const agents: HeartbeatAgent[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agent-'));
  tokenFile = join(folder, 'token');
  plane = await TestControlPlane.start({
    VITALS_ADMIN_TOKEN: ADMIN,
    VITALS_REGISTRATION_TOKEN: REGISTRATION,
  });
});

afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.abandon()));
  await plane.stop();
  rmSync(folder, { recursive: true });
});

function agentOf(options: Partial<HeartbeatAgentOptions>): HeartbeatAgent {
  const agent = new HeartbeatAgent({
    controlPlane: plane.url,
    name: 'vm-1',
    register: { endpoint: 'http://127.0.0.1:9', service_type: 'vm', schema_version: 'v1' },
    ...options,
  });
  agents.push(agent);
  return agent;
}

/** Starts an agent, and waits until it has sent so many beats. */
async function beating(options: Partial<HeartbeatAgentOptions>, beats = 1): Promise<HeartbeatAgent> {
  const agent = agentOf(options);
  agent.start();
  await until(
    30_000,
    async () => agent.metrics.sent,
    (sent) => sent >= beats,
  );
  return agent;
}

function refusalOf(agent: HeartbeatAgent): Promise<AgentEvents['refused']> {
  const refused = new Promise<AgentEvents['refused']>((resolve) => agent.on('refused', resolve));
  agent.start();
  return refused;
}

async function asAdmin(method: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  const headers = { authorization: `Bearer ${ADMIN}` };
  const answer = await fetch(plane.url + path, { method, headers });
  expect(answer.ok).toBe(true);
  const text = await answer.text();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

describe('HeartbeatAgent, with a control plane that asks for tokens', () => {
  it('creates its name with the registration token, and keeps the token that it is issued', async () => {
    await beating({ registrationToken: REGISTRATION, tokenFile });
    expect(readFileSync(tokenFile, 'utf8')).toMatch(/^\S{40,}\n$/);
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  });

  it('registers again after a restart with what it kept, and has a new token then', async () => {
    await (await beating({ registrationToken: REGISTRATION, tokenFile })).stop();
    const before = readFileSync(tokenFile, 'utf8');
    const agent = await beating({ tokenFile });
    expect(agent.metrics).toMatchObject({ generation: 2, failed: 0 });
    expect(readFileSync(tokenFile, 'utf8')).not.toBe(before);
  });

  it('is refused with the registration token alone if its name is there, and is told what helps', async () => {
    await (await beating({ registrationToken: REGISTRATION, tokenFile })).stop();
    const { status, advice } = await refusalOf(agentOf({ registrationToken: REGISTRATION }));
    expect([status, advice]).toEqual([403, expect.stringContaining('POST /providers/vm-1/token')]);
  });

  it('is refused without a token, and with one that is none', async () => {
    expect(await refusalOf(agentOf({}))).toMatchObject({ status: 401 });
    expect(await refusalOf(agentOf({ token: 'no-such-token' }))).toMatchObject({ status: 401 });
  });

  it('goes on with a token that an operator has issued and put into its file', async () => {
    const agent = await beating({ registrationToken: REGISTRATION, tokenFile });
    const { token } = await asAdmin('POST', '/providers/vm-1/token?immediately=true');
    writeFileSync(tokenFile, `${String(token)}\n`);
    agent.phaseChanged();
    await until(
      30_000,
      async () => agent.metrics.registrations,
      (count) => count === 2,
    );
    await until(
      30_000,
      async () => agent.metrics.generation,
      (generation) => generation === 2,
    );
  });

  it('creates its name again after it was removed', async () => {
    const agent = await beating({ registrationToken: REGISTRATION, tokenFile });
    await asAdmin('DELETE', '/providers/vm-1');
    const { sent } = agent.metrics;
    agent.phaseChanged();
    await until(
      30_000,
      async () => agent.metrics.registrations,
      (count) => count === 2,
    );
    await until(
      30_000,
      async () => agent.metrics.sent,
      (now) => now > sent,
    );
    expect(agent.metrics.generation).toBe(1);
  });

  it("registers with the administrator's token, too, and beats with its own", async () => {
    const agent = await beating({ token: ADMIN, tokenFile });
    expect(agent.metrics.failed).toBe(0);
    expect(readFileSync(tokenFile, 'utf8')).not.toContain(ADMIN);
  });
});

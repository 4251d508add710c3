import { HeartbeatAgent, type HeartbeatAgentOptions } from '@vitals/heartbeat';
import { TestControlPlane, until } from '../support/control-plane.js';
import { SignInPage } from '../support/sign-in-page.js';

const VM_1 = {
  name: 'vm-1',
  register: { endpoint: 'http://127.0.0.1:9', service_type: 'vm', schema_version: 'v1' },
};

let plane: TestControlPlane;
const agents: HeartbeatAgent[] = [];

function agentOf(options: Partial<HeartbeatAgentOptions> = {}): HeartbeatAgent {
  const agent = new HeartbeatAgent({
    controlPlane: plane.url,
    ...VM_1,
    ...options,
  });
  agents.push(agent);
  return agent;
}

/** Waits until the control plane says this of the provider. */
async function said(expected: Readonly<Record<string, unknown>>): Promise<void> {
  const wanted = Object.entries(expected);
  await until(
    30_000,
    async () => (await plane.send('GET', '/providers/vm-1/status')).body,
    (status) => wanted.every(([key, value]) => status[key] === value),
  );
}

describe('HeartbeatAgent, with a control plane', () => {
  beforeEach(async () => {
    plane = await TestControlPlane.start();
  });

  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.abandon()));
    await plane.stop();
  });

  it('is Available and placeable with what it has, and Draining once it was stopped', async () => {
    const agent = agentOf({ info: () => ({ capacity: { cpu: 8, memory: '32GB' }, capabilities: ['gpu'] }) });
    agent.start();
    await said({ phase: 'Ready', availability: 'Available', placeable: true });
    await until(
      30_000,
      async () => (await plane.send('GET', '/placement/candidates?cpu=8&capability=gpu')).body,
      ({ candidates }) => (candidates as unknown[]).length === 1,
    );
    await agent.stop();
    await said({ phase: 'Draining', availability: 'Available', placeable: false });
    expect(agent.metrics).toMatchObject({ failed: 0, registrations: 1, infoSent: 1 });
  });

  it('registers again with a control plane that has forgotten it', async () => {
    const agent = agentOf();
    agent.start();
    await said({ phase: 'Ready' });
    await plane.send('DELETE', '/providers/vm-1');
    agent.phaseChanged();
    await said({ phase: 'Ready', generation: 1 });
    expect(agent.metrics.registrations).toBe(2);
  });

  it('goes on with its next control plane when one goes away', async () => {
    const first = await TestControlPlane.start();
    const agent = agentOf({ controlPlane: [first.url, plane.url] });
    agent.start();
    await until(
      30_000,
      async () => agent.metrics.sent,
      (sent) => sent > 0,
    );
    await first.stop();
    agent.phaseChanged();
    await said({ phase: 'Ready', availability: 'Available' });
  });

  it('gives way, loudly, to another process that registers as it', async () => {
    const older = agentOf();
    const refused = new Promise<{ status: number; reason: string }>((resolve) =>
      older.on('refused', resolve),
    );
    older.start();
    await said({ generation: 1, phase: 'Ready' });
    agentOf().start();
    await said({ generation: 2, phase: 'Ready' });
    older.phaseChanged();
    expect(await refused).toMatchObject({ status: 409 });
  });

  it('drains while an operator asks it to, and is told so once', async () => {
    let asked = 0;
    const agent = agentOf({ onDrain: () => asked++ });
    agent.start();
    await said({ phase: 'Ready' });
    expect((await plane.send('POST', '/providers/vm-1/drain')).status).toBe(202);
    agent.phaseChanged();
    await said({ phase: 'Draining', placeable: false });
    for (let more = 1; more <= 2; more++) {
      const { sent } = agent.metrics;
      agent.phaseChanged();
      await until(
        30_000,
        async () => agent.metrics.sent,
        (now) => now > sent,
      );
    }
    expect(asked).toBe(1);
    await plane.send('DELETE', '/providers/vm-1/cordon');
    agent.phaseChanged();
    await said({ phase: 'Ready', placeable: true });
  });
});

describe('HeartbeatAgent, with a control plane that asks for a beat each second', () => {
  it.concurrent('stays Available beat after beat, each at the interval that it is told', async () => {
    const own = await TestControlPlane.start({ VITALS_HEARTBEAT_INTERVAL: '1s' });
    const agent = new HeartbeatAgent({ ...VM_1, controlPlane: own.url });
    try {
      const told: number[] = [];
      agent.on('beat', ({ nextIntervalMs }) => told.push(nextIntervalMs)).start();
      await until(
        30_000,
        async () => told.length,
        (count) => count >= 3,
      );
      const { body } = await own.send('GET', '/transitions');
      expect(told.every((ms) => ms === 1_000)).toBe(true);
      expect(body['transitions']).toMatchObject([{ from: 'Unknown', to: 'Available' }]);
    } finally {
      await agent.abandon();
      await own.stop();
    }
  });

  it.concurrent.each([
    [200, {}],
    [401, {}],
    [503, { 'retry-after': '600' }],
    [302, { location: 'http://portal.invalid/' }],
  ])(
    'stays Available when one of its addresses becomes a page with %d, and is back there later',
    async (status, headers) => {
      const own = await TestControlPlane.start({ VITALS_HEARTBEAT_INTERVAL: '1s' });
      const pages = [await SignInPage.before(own.url), await SignInPage.before(own.url)] as const;
      const agent = new HeartbeatAgent({ ...VM_1, controlPlane: pages.map(({ url }) => url) });
      try {
        const askedBy: string[] = [];
        agent.on('beat', ({ endpoint }) => askedBy.push(endpoint)).start();
        for (const [turn, page] of [pages[0], pages[1], pages[0]].entries()) {
          await until(
            30_000,
            async () => askedBy.at(-1),
            (endpoint) => endpoint === page.url,
          );
          pages[(turn + 1) % 2]!.status = undefined;
          Object.assign(page, { status, headers });
        }
        const { body } = await own.send('GET', '/transitions');
        expect(body['transitions']).toMatchObject([{ from: 'Unknown', to: 'Available' }]);
        expect([agent.metrics.causes, agent.metrics.registrations]).toMatchObject([{ refused: 0 }, 1]);
      } finally {
        await agent.abandon();
        await Promise.all(pages.map((page) => page.close()));
        await own.stop();
      }
    },
  );
});

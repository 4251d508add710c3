import { ADMIN, REGISTRATION, SecuredControlPlane } from '../../../../../test/support/secured.js';
import { nodeAt } from '../../../test/registry-fixture.js';
import { WatchingClient } from '../../../test/watching-client.js';
import { SubscriptionsService } from './subscriptions.service.js';

describe('While tokens are asked for', () => {
  it('only those connect who may read, before any handshake', async () => {
    const secured = await SecuredControlPlane.start();
    try {
      const { url } = secured.plane;
      for (const [token, status, code] of [
        [undefined, 401, 'ERR10002'],
        ['stranger', 401, 'ERR10002'],
        [REGISTRATION, 403, 'ERR10067'],
      ] as const) {
        const refused = await WatchingClient.refusal(`${url}/ws`, token);
        expect([refused.status, JSON.parse(refused.text)]).toEqual([
          status,
          expect.objectContaining({ code }),
        ]);
      }
      const { token: gateway } = await secured.give({ kind: 'gateway', names: ['b'] });
      const { token: reader } = await secured.give({ kind: 'read-only' });
      for (const token of [ADMIN, gateway, reader]) {
        const client = await WatchingClient.connect(url, token);
        client.subscribe('a');
        expect(await client.next()).toEqual({ a: [] });
        await client.close();
      }
    } finally {
      await secured.stop();
    }
  });

  it('a subscription ends with its token, and with no other, however busy it is or deaf', async () => {
    const secured = await SecuredControlPlane.start();
    try {
      const { url } = secured.plane;
      const given = await secured.give({ kind: 'read-only' });
      const other = await secured.give({ kind: 'gateway', names: ['a'] });
      const clients = [given, given, other].map(({ token }) => WatchingClient.connect(url, token));
      const [one, deaf, stays] = (await Promise.all(clients)) as [
        WatchingClient,
        WatchingClient,
        WatchingClient,
      ];
      for (const client of [one, stays]) {
        client.subscribe('a');
        await client.next();
      }
      deaf.socket.pause();
      expect((await secured.ask(ADMIN, 'DELETE', `/tokens/${given.id}`)).status).toBe(204);
      one.subscribe('b');
      await secured.ask(ADMIN, 'POST', '/services', nodeAt(80));
      expect([await one.next(), one.closed]).toEqual([
        undefined,
        { code: 1008, reason: 'the token of this connection was revoked' },
      ]);
      const node = { protocol: 'http', address: '10.0.0.7', port: 80 };
      expect(await stays.next()).toEqual({ a: [node] });
      const { subscribers } = secured.plane.app.get(SubscriptionsService) as unknown as {
        subscribers: Set<unknown>;
      };
      while (subscribers.size > 1) await new Promise((resolve) => setImmediate(resolve));
      expect((await WatchingClient.refusal(`${url}/ws`, given.token)).status).toBe(401);
      deaf.socket.terminate();
      await stays.close();
    } finally {
      await secured.stop();
    }
  });
});

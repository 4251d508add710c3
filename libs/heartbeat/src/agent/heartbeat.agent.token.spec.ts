import { FakeControlPlane, problem } from '../../test/fake-control-plane.js';
import { FakeTokens, REGISTRATION_TOKEN } from '../../test/fake-tokens.js';
import { WatchedAgent } from '../../test/watched-agent.js';
import type { TokenStore } from './index.js';

let controlPlane: FakeControlPlane;
let tokens: FakeTokens;
let kept: string | undefined;
const tokenStore: TokenStore = { load: () => kept, save: (token) => void (kept = token) };

beforeEach(async () => {
  controlPlane = await FakeControlPlane.start();
  tokens = new FakeTokens(controlPlane);
  kept = undefined;
});

/** Method and token of every request. */
function said(): (string | undefined)[] {
  return controlPlane.requests.map(
    ({ method, headers }) => `${method} ${headers.authorization?.replace('Bearer ', '')}`,
  );
}

describe('HeartbeatAgent, with tokens', () => {
  it('creates its name with the registration token, and beats with the token that it is issued', async () => {
    const watched = await new WatchedAgent(controlPlane, {
      registrationToken: REGISTRATION_TOKEN,
      tokenStore,
    }).started();
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    expect(said()).toEqual([`POST ${REGISTRATION_TOKEN}`, 'PUT token-1', 'PUT token-1']);
    expect(kept).toBe('token-1');
  });

  it('registers again after a restart with the token that it kept', async () => {
    const options = { registrationToken: REGISTRATION_TOKEN, tokenStore };
    await (await new WatchedAgent(controlPlane, options).started()).agent.stop();
    await new WatchedAgent(controlPlane, options).started();
    expect(said().slice(3)).toEqual(['POST token-1', 'PUT token-2']);
    expect(kept).toBe('token-2');
  });

  it('goes on with its old token when the answer that brought a new one was lost', async () => {
    kept = tokens.rotate();
    tokens.exists = true;
    let isLost = true;
    controlPlane.answer = (request) => {
      const answer = tokens.answer(request);
      if (!isLost) return answer;
      isLost = false;
      return { status: 0 };
    };
    const watched = new WatchedAgent(controlPlane, { tokenStore });
    watched.agent.start();
    await watched.after('failed');
    expect(kept).toBe('token-1');
    await watched.untilRetry();
    await watched.after('beat');
    expect(said()).toEqual(['POST token-1', 'POST token-1', 'PUT token-3']);
    expect(kept).toBe('token-3');
  });

  it('finds the token that an operator had issued, when its own is not accepted any more', async () => {
    const watched = await new WatchedAgent(controlPlane, {
      registrationToken: REGISTRATION_TOKEN,
      tokenStore,
    }).started();
    kept = tokens.rotate();
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    expect(said().slice(2)).toEqual(['PUT token-1', 'POST token-2', 'PUT token-3']);
    expect(watched.of('refused')).toEqual([]);
  });

  it('creates its name again when it was removed, with its token', async () => {
    const watched = await new WatchedAgent(controlPlane, {
      registrationToken: REGISTRATION_TOKEN,
      tokenStore,
    }).started();
    tokens.remove();
    await watched.clock.advance(1_000);
    await watched.after('beat', 2);
    expect(said().slice(2)).toEqual(['PUT token-1', `POST ${REGISTRATION_TOKEN}`, 'PUT token-2']);
  });

  it('stops when neither its token nor the registration token helps, and says what does', async () => {
    const watched = await new WatchedAgent(controlPlane, {
      registrationToken: REGISTRATION_TOKEN,
      tokenStore,
    }).started();
    tokens.rotate();
    await watched.clock.advance(1_000);
    await watched.after('refused');
    await watched.clock.advance(60_000);
    expect(said().slice(2)).toEqual(['PUT token-1', `POST ${REGISTRATION_TOKEN}`]);
    expect(watched.of('refused')).toMatchObject([
      { status: 403, advice: expect.stringContaining('POST /providers/vm-1/token') },
    ]);
  });

  it('stops at once when its token is refused and it has no other', async () => {
    kept = tokens.rotate();
    const watched = await new WatchedAgent(controlPlane, { tokenStore }).started();
    tokens.rotate();
    await watched.clock.advance(1_000);
    await watched.after('refused');
    expect(said().slice(2)).toEqual(['PUT token-2']);
    expect(watched.of('refused')).toMatchObject([{ status: 401 }]);
  });

  it('does not turn in circles when every token that it is issued is refused', async () => {
    controlPlane.answer = (request) =>
      request.method === 'PUT'
        ? problem(401)
        : { status: 201, body: { name: 'vm-1', id: 'id-1', generation: 1, token: 'new' } };
    const watched = new WatchedAgent(controlPlane, { registrationToken: REGISTRATION_TOKEN });
    watched.agent.start();
    await watched.after('refused');
    expect(controlPlane.requests.map(({ method }) => method)).toEqual(['POST', 'PUT', 'POST', 'PUT']);
  });

  it('stops when it has no token and is asked for one', async () => {
    const watched = new WatchedAgent(controlPlane, { token: '', registrationToken: '' });
    watched.agent.start();
    await watched.after('refused');
    expect(said()).toEqual(['POST undefined']);
  });

  it('says Draining with its token', async () => {
    kept = tokens.rotate();
    const watched = await new WatchedAgent(controlPlane, { tokenStore }).started();
    await watched.agent.stop();
    expect([said().at(-1), controlPlane.phases.at(-1)]).toEqual(['PUT token-2', 'Draining']);
  });
});

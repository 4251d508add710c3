import type { HeartbeatAgentOptions } from './agent.options.js';
import { readOptions } from './agent.settings.js';

const LEAST: HeartbeatAgentOptions = {
  controlPlane: 'http://127.0.0.1:3000',
  name: 'vm-1',
  register: { endpoint: 'http://vm-1:8080', service_type: 'vm', schema_version: '1' },
};

const circular: Record<string, unknown> = {};
circular['itself'] = circular;

describe('Options of an agent', () => {
  it('have defaults for all that may be left out', () => {
    expect(readOptions(LEAST)).toMatchObject({
      timeoutMs: 5_000,
      infoEveryMs: 300_000,
      intervalMs: 10_000,
      credentials: { token: undefined, registrationToken: undefined, store: undefined },
    });
  });

  it('take an empty token for none, as it comes from an environment', () => {
    const { credentials } = readOptions({ ...LEAST, token: '', registrationToken: '', tokenFile: '' });
    expect(credentials).toEqual({ token: undefined, registrationToken: undefined, store: undefined });
  });

  it.each<[object, RegExp]>([
    [{ tokn: 'x' }, /unknown option `tokn`; did you mean `token`\?/],
    [{ colour: 'x' }, /unknown option `colour`; there are controlPlane, name, register/],
    [{ timeout: '800' }, /timeout: "800" is not a duration: it has no unit/],
    [{ name: 'VM 1' }, /name: "VM 1" is not a valid name: use 1 to 253 of a-z/],
    [{ name: undefined }, /name: undefined is not a valid name/],
    [{ controlPlane: 'localhost:3000' }, /controlPlane: "localhost:3000" is not a valid URL/],
    [{ controlPlane: [] }, /controlPlane: give at least one URL/],
    [{ controlPlane: undefined }, /controlPlane: "undefined" is not a valid URL/],
    [{ register: undefined }, /register: give endpoint, service_type and schema_version/],
    [{ register: { ...LEAST.register, metadata: circular } }, /register: cannot be written as JSON/],
    [{ timeout: '0s' }, /timeout: must be longer than nothing/],
    [{ interval: 'often' }, /interval: "often" is not a duration/],
    [{ infoEvery: -1 }, /infoEvery: -1 is not a duration/],
    [{ token: 'two words' }, /token: a token is one line of printable ASCII/],
    [{ registrationToken: 'a\nb' }, /registrationToken: a token is one line/],
    [
      { tokenFile: '/run/token', tokenStore: { load: () => undefined, save: () => undefined } },
      /give tokenStore or tokenFile, not both/,
    ],
  ])('refuse %j, and say what to do', (wrong, message) => {
    const read = (): unknown => readOptions({ ...LEAST, ...wrong } as HeartbeatAgentOptions);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: 'declaration-invalid' }));
  });
});

import { ADMIN, REGISTRATION, SecuredControlPlane } from '../../../../test/support/secured.js';

const node = (serviceId: string, port = 80): object => ({
  serviceId,
  protocol: 'http',
  address: '8.8.8.8',
  port,
});
const queryOf = (serviceId: string): string => `serviceId=${serviceId}&protocol=http&address=8.8.8.8&port=80`;

let secured: SecuredControlPlane;
let gateway: string;
let reader: string;
let provider: string;

beforeAll(async () => {
  secured = await SecuredControlPlane.start();
  gateway = (await secured.give({ kind: 'gateway', names: ['com.shop.*'] })).token;
  reader = (await secured.give({ kind: 'read-only' })).token;
  provider = await secured.register('com.shop.orders');
});
afterAll(() => secured.stop());

/** The status and the code of an answer, which has light-4j's form. */
async function told(
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<string> {
  const answer = await secured.ask(token, method, path, body);
  expect(answer.type).toBe('application/json; charset=utf-8');
  return `${answer.status} ${String(answer.body['code'])}`;
}

describe('The registry, while tokens are asked for', () => {
  it.each<[string, () => string | undefined, string]>([
    ['nobody', () => undefined, '401 ERR10002'],
    ['a stranger', () => 'unknown', '401 ERR10002'],
    ['a read-only token', () => reader, '403 ERR10067'],
    ["a provider's token", () => provider, '403 ERR10067'],
    ['the token of a gateway', () => gateway, '200 SUC10200'],
    ['the administrator', () => ADMIN, '200 SUC10200'],
  ])('lets %s register and deregister: %p', async (_who, token, outcome) => {
    expect(await told(token(), 'POST', '/services', node('com.shop.orders'))).toBe(outcome);
    expect(await told(token(), 'DELETE', `/services?${queryOf('com.shop.orders')}`)).toBe(outcome);
  });

  it('lets a gateway speak for its services only, in capitals too, wherever a request names another', async () => {
    expect(await told(gateway, 'POST', '/services', node('com.shop.Orders'))).toBe('200 SUC10200');
    for (const serviceId of ['com.bank.pay', 'com.shop', '', 7, ['com.shop.orders'], undefined]) {
      const body = { ...node('x'), serviceId };
      expect([serviceId, await told(gateway, 'POST', '/services', body)]).toEqual([
        serviceId,
        '403 ERR10067',
      ]);
    }
    const other = `/services?${queryOf('com.bank.pay')}`;
    expect(await told(gateway, 'DELETE', other, { serviceId: 'com.shop.orders' })).toBe('403 ERR10067');
    expect(await told(gateway, 'DELETE', `${other}&serviceId=com.shop.orders`)).toBe('403 ERR10067');
    expect(await told(gateway, 'POST', other, node('com.shop.orders'))).toBe('403 ERR10067');
  });

  it('lets the registration token register a node that is new, once, and remove none', async () => {
    expect(await told(REGISTRATION, 'POST', '/services', node('com.new', 81))).toBe('200 SUC10200');
    expect(await told(REGISTRATION, 'POST', '/services', node('com.new', 81))).toBe('403 ERR10067');
    expect(await told(REGISTRATION, 'POST', '/services', node('com.new', 82))).toBe('200 SUC10200');
    expect(await told(REGISTRATION, 'DELETE', `/services?${queryOf('com.new')}`)).toBe('403 ERR10067');
  });

  it('is read by whoever reads, and by gateways, whose services have to find others', async () => {
    await secured.ask(ADMIN, 'POST', '/services', node('com.bank.pay'));
    for (const path of ['/services', '/services/lookup?serviceId=com.bank.pay']) {
      for (const token of [reader, gateway, ADMIN]) {
        expect((await secured.ask(token, 'GET', path)).status).toBe(200);
      }
      for (const token of [REGISTRATION, provider])
        expect(await told(token, 'GET', path)).toBe('403 ERR10067');
      const { status, headers } = await secured.ask(undefined, 'GET', path);
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="vitals"']);
    }
  });

  it('refuses checks of private addresses that no setting allows, and names the setting', async () => {
    const body = { ...node('com.shop.a'), address: '10.0.0.7', check: { healthPath: '/health/' } };
    const { status, body: said } = await secured.ask(gateway, 'POST', '/services', body);
    expect([status, said['description']]).toEqual([400, expect.stringContaining('VITALS_CHECK_ALLOW_CIDRS')]);
  });

  it('says in the same form, with Retry-After, that somebody asks too often', async () => {
    const limited = await SecuredControlPlane.start({ VITALS_RATE_LIMIT: '1', VITALS_RATE_BURST: '1' });
    try {
      const answers = [
        await limited.ask(ADMIN, 'GET', '/services'),
        await limited.ask(ADMIN, 'GET', '/services'),
      ];
      const refused = answers.find(({ status }) => status === 429);
      expect([refused?.body['code'], refused?.headers.get('retry-after')]).toEqual(['ERR10088', '1']);
    } finally {
      await limited.stop();
    }
  });
});

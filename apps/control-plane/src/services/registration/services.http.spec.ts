import { TestControlPlane } from '../../../../../test/support/control-plane.js';

const OK = {
  statusCode: 200,
  code: 'SUC10200',
  message: 'OK',
  description: 'The request is handled successfully',
  severity: 'NA',
};

let plane: TestControlPlane;

beforeAll(async () => (plane = await TestControlPlane.start()));
afterAll(() => plane.stop());

describe('The registry', () => {
  it('boots', async () => {
    const a = await plane.send('POST', '/services', {
      serviceId: 'a',
      protocol: 'http',
      address: '127.0.0.1',
      port: 80,
      check: { healthPath: '/health/' },
    });
    console.log(
      a.status,
      a.body,
      await plane.send('GET', '/services'),
      await plane.send('GET', '/services/lookup?serviceId=a'),
      await plane.send('GET', '/services/lookup?serviceId=b'),
      await plane.send('GET', '/services/lookup'),
      await plane.send('GET', '/ws'),
      await plane.send('PATCH', '/services'),
      await plane.send('POST', '/services', '{"a'),
      await plane.send('POST', '/services', 'a=b', 'text/plain'),
      await plane.send('POST', '/services', { a: 'x'.repeat(100000) }),
      await plane.send('POST', '/services', {}),
      await plane.send('GET', '/services/nothing'),
    );
    expect(a.body).toEqual(OK);
  });
});

import { boot } from '../../test/health-app.js';
import { corsFault } from './cors.options.js';

describe('the option cors', () => {
  it.each([
    [{ origins: ['https://status.example.org'] }],
    [{ origins: ['http://localhost:5173', 'http://[::1]:8080'], headers: [], maxAge: 0 }],
    [{ origins: ['https://a.example'], headers: ['x-team'], maxAge: '1h' }],
  ])('takes %j', (cors) => expect(corsFault(cors)).toBeUndefined());

  it.each([
    [true, 'must be an object'],
    [{}, 'origins: must be a list of origins'],
    [{ origins: [] }, 'origins: must be a list of origins'],
    [{ origins: 'https://a.example' }, 'origins: must be a list of origins'],
    [{ origins: 5 }, 'origins: must be a list of origins'],
    [{ origins: ['*'] }, 'origins: "*" is not accepted'],
    [
      { origins: ['https://*.example.org'] },
      'origins: "https://*.example.org" has "*" in it, which is not accepted',
    ],
    [
      { origins: ['https://status.example.org', 'http://localhost:*'] },
      'origins: "http://localhost:*" has "*" in it',
    ],
    [{ origins: ['null'] }, 'origins: "null" is not an origin'],
    [{ origins: ['https://a.example/'] }, 'origins: "https://a.example/" is not an origin'],
    [{ origins: ['https://a.example/page'] }, 'is not an origin'],
    [{ origins: ['https://A.example'] }, 'is not an origin'],
    [{ origins: ['https://a.example:443'] }, 'is not an origin'],
    [{ origins: ['a.example'] }, 'is not an origin'],
    [{ origins: ['file:///x'] }, 'is not an origin'],
    [{ origins: [5] }, 'origins: 5 is not an origin'],
    [{ origins: ['https://a.example'], headers: ['a b'] }, 'headers: must be a list'],
    [{ origins: ['https://a.example'], headers: 'x' }, 'headers: must be a list'],
    [{ origins: ['https://a.example'], maxAge: 'soon' }, 'maxAge: '],
    [
      { origins: ['https://a.example'], credentials: true },
      'there is no option "credentials"; there are origins, headers, maxAge',
    ],
  ])('refuses %j at boot, and says what to write', async (cors, why) => {
    const boots = boot({ health: { cors: cors as never } });
    await expect(boots).rejects.toThrow(/^HealthModule\.forRoot: cors: /);
    await expect(boots).rejects.toThrow(why);
  });
});

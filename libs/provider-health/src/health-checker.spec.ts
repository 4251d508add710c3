import { thenable } from '../test/cache-fixture.js';
import { ask } from './health-checker.js';

const context = { signal: new AbortController().signal };
const circular = Object.assign(new Error('round'), { cause: undefined as unknown });
circular.cause = circular;

function trap(): never {
  throw new Error('trap');
}

/** A provider whose check gives, or throws, what `give` does. */
function giving(give: () => unknown) {
  return { healthCheck: give };
}

function throwing(thrown: unknown) {
  return giving(() => {
    throw thrown;
  });
}

describe('A provider that answers', () => {
  it.each<[string, object, object]>([
    ['healthy', giving(() => ({ healthy: true })), { healthy: true, message: '' }],
    ['healthy, with a message', giving(() => ({ healthy: true, message: 'v2' })), { message: 'v2' }],
    ['later', giving(async () => ({ healthy: true, message: 'v2' })), { healthy: true, message: 'v2' }],
    [
      'by a thenable',
      giving(() => thenable(() => (resolve: (v: unknown) => void) => resolve({ healthy: true }))),
      { healthy: true },
    ],
    [
      'unhealthy',
      giving(() => ({ healthy: false, message: 'no node' })),
      { healthy: false, message: 'no node' },
    ],
    [
      'unhealthy, without a reason',
      giving(() => ({ healthy: false })),
      { message: 'unhealthy, without saying why' },
    ],
    ['by a function', () => ({ healthy: true, message: 'f' }), { healthy: true, message: 'f' }],
    [
      'by a static method',
      class {
        static healthCheck = () => ({ healthy: true, message: 's' });
      },
      { message: 's' },
    ],
  ])('is believed: %s', async (_name, provider, expected) => {
    expect(await ask(provider, context)).toMatchObject(expected);
  });

  it('is called as a method, with the signal', async () => {
    const provider = {
      own: 'mine',
      healthCheck(this: { own: string }, given: unknown) {
        return { healthy: given === context, message: this.own };
      },
    };
    expect(await ask(provider, context)).toEqual({ healthy: true, message: 'mine' });
  });

  it.each<[string, object]>([
    ['an object', {}],
    ['an object without a prototype', Object.create(null) as object],
    ['one whose method is null', { healthCheck: null }],
  ])('is not checked if it is %s without HealthChecker', async (_name, provider) => {
    expect(await ask(provider, context)).toBeUndefined();
  });
});

describe('A provider whose answer is no verdict is unhealthy', () => {
  it.each<[string, unknown, RegExp]>([
    ['null', null, /returned null, not \{ healthy, message \}/],
    ['nothing', undefined, /returned undefined/],
    ['true', true, /returned true/],
    ['a text', 'healthy', /returned "healthy"/],
    ['a function', () => true, /returned a function/],
    ['a symbol', Symbol('s'), /returned a symbol/],
    ['an object without `healthy`', { status: 'UP' }, /`healthy` is neither true nor false/],
    ['a text for `healthy`', { healthy: 'true' }, /`healthy` is neither true nor false/],
    ['a list', [true], /`healthy` is neither true nor false/],
    ['a message that is not a string', { healthy: true, message: {} }, /`message` that is not a string/],
    [
      'a getter that throws',
      {
        get healthy() {
          throw new Error('trap');
        },
      },
      /trap/,
    ],
    ['a thenable that throws', thenable(trap), /trap/],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('trap');
          },
        },
      ),
      /trap/,
    ],
  ])('if it returns %s', async (_name, value, message) => {
    for (const provider of [giving(() => value), giving(async () => value)]) {
      expect(await ask(provider, context)).toEqual({
        healthy: false,
        message: expect.stringMatching(message),
      });
    }
  });

  it.each<[string, object, RegExp]>([
    ['its method is no method', { healthCheck: true }, /healthCheck is not a method/],
    [
      'its method is behind a getter that throws',
      {
        get healthCheck() {
          throw new Error('trap');
        },
      },
      /trap/,
    ],
    ['it is a class that was never made', class {}, /without 'new'/],
    ['it throws', throwing(new Error('no socket')), /^no socket$/],
    ['it throws nothing', throwing(undefined), /undefined/],
    ['it throws a text', throwing('broken'), /^broken$/],
    ['it throws what has no message', throwing({ code: 'ENOENT' }), /^ENOENT$/],
    ['it throws what says nothing', throwing({}), /without a message/],
    ['it throws what cannot be read', throwing(Object.create(null)), /without a message/],
    [
      'it throws what traps',
      throwing({
        get message() {
          throw new Error('trap');
        },
      }),
      /without a message/,
    ],
    ['it throws what is caused by itself', throwing(circular), /^round$/],
    [
      'it throws what has a cause',
      throwing(new Error('fetch failed', { cause: new Error('refused') })),
      /^fetch failed: refused$/,
    ],
    [
      'it throws several',
      throwing(new AggregateError([new Error('a'), new Error('b'), new Error('a')])),
      /^a; b$/,
    ],
    ['it rejects', giving(() => Promise.reject(new Error('gone'))), /^gone$/],
  ])('if %s', async (_name, provider, message) => {
    expect(await ask(provider, context)).toEqual({ healthy: false, message: expect.stringMatching(message) });
  });

  it.each<[string, object]>([
    ['a verdict', giving(() => ({ healthy: false, message: 'http://root:hunter2@host refused' }))],
    ['an error', throwing(new Error('login with password=hunter2 failed'))],
  ])('and no credential leaves the process in %s', async (_name, provider) => {
    expect((await ask(provider, context))?.message).not.toContain('hunter2');
  });
});

import { Settings } from './check-settings.js';

const settings = new Settings('someCheck');

describe('a refused setting', () => {
  it.each([
    ['what is missing', undefined, 'someCheck: size is missing; give it'],
    ['text in quotes', 'a "b"', 'someCheck: size is "a \\"b\\""; give it'],
    ['credentials redacted', 'redis://me:pw@host', 'someCheck: size is "redis://***@host"; give it'],
    ['a function by its type', () => 1, 'someCheck: size is function; give it'],
    ['long text cut', 'x'.repeat(100), `someCheck: size is "${'x'.repeat(63)}…; give it`],
  ])('is shown: %s', (_what, given, message) => {
    expect(() => settings.refuse('size', given, 'it')).toThrow(message);
  });

  it('is shown even if it cannot be written', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(() => settings.refuse('size', circle, 'it')).toThrow('someCheck: size is object; give it');
  });
});

describe('a token', () => {
  it.each([['TOKEN'], [Symbol('token')], [class Token {}]])('may be %p', (token) => {
    expect(settings.token('client', token, 'a client')).toBe(token);
  });

  it.each([[undefined], [''], [{}], [5]])('may not be %p', (token) => {
    expect(() => settings.token('client', token, 'a client')).toThrow('give the injection token of a client');
  });
});

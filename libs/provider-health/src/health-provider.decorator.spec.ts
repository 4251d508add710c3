import { HealthProvider } from './health-provider.decorator.js';

type Loose = (...args: unknown[]) => (...args: unknown[]) => unknown;

const loose = HealthProvider as unknown as Loose;

class Docker {
  healthCheck(): void {}
}
const method = Object.getOwnPropertyDescriptor(Docker.prototype, 'healthCheck');

describe('@HealthProvider', () => {
  it.each<[string, () => unknown, string]>([
    [
      'without parentheses',
      () => loose(Docker),
      '@HealthProvider on Docker: it has no parentheses; write @HealthProvider()',
    ],
    [
      'on a method',
      () => loose('docker')(Docker.prototype, 'healthCheck', method),
      '@HealthProvider() on Docker.healthCheck: it is put on a method; put it on the class',
    ],
    [
      'on a parameter',
      () => loose('docker')(Docker, undefined, 0),
      '@HealthProvider() on the constructor of Docker: it is put on a parameter',
    ],
    [
      'as an ECMAScript decorator',
      () => loose('docker')(Docker, { kind: 'class', name: 'Docker' }),
      '@HealthProvider() on Docker: it is compiled as an ECMAScript decorator',
    ],
    [
      'with a name that is no text',
      () => loose({ name: 'docker' })(Docker),
      '@HealthProvider() on Docker: the name must be a text',
    ],
  ])('%s is refused in a sentence', (_how, put, message) => {
    expect(put).toThrow(message);
  });
});

import { NestFactory } from '@nestjs/core';
import { GrpcHealthModule } from './grpc/index.js';
import { HealthModule } from './index.js';

/** Any factory, as JavaScript lets it be written. */
type Factory = () => never;

const MODULES = [
  ['HealthModule', (useFactory: Factory) => [HealthModule.forRootAsync({ useFactory })]],
  [
    'GrpcHealthModule',
    (useFactory: Factory) => [HealthModule, GrpcHealthModule.forRootAsync({ useFactory })],
  ],
] as const;

describe.each(MODULES)('%s.forRootAsync', (name, imports) => {
  it.each<[string, () => unknown, string]>([
    ['nothing', () => undefined, 'nothing'],
    ['a promise of nothing', async () => undefined, 'nothing'],
    ['null', () => null, 'nothing'],
    ['a text', () => '5s', 'a string'],
    ['a list', async () => [], 'a list'],
  ])('fails the boot when the factory gives %s', async (_what, factory, given) => {
    const App = { module: class App {}, imports: [...imports(factory as Factory)] };
    await expect(
      NestFactory.createApplicationContext(App, { logger: false, abortOnError: false }),
    ).rejects.toMatchObject({
      code: 'declaration-invalid',
      message: `${name}.forRootAsync: the factory gave ${given}; return an object of options, or {} for the defaults`,
    });
  });
});

describe('HealthModule.forRootAsync', () => {
  it('fails the boot when a class of options gives none', async () => {
    class Options {
      create(): never {
        return undefined as never;
      }
    }
    const App = { module: class App {}, imports: [HealthModule.forRootAsync({ useClass: Options })] };
    await expect(
      NestFactory.createApplicationContext(App, { logger: false, abortOnError: false }),
    ).rejects.toThrow('HealthModule.forRootAsync: the factory gave nothing');
  });
});

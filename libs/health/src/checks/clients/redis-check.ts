import type { FactoryProvider, InjectionToken } from '@nestjs/common';
import { type CheckContext, HealthStatus } from '@vitals/core/health';
import type { HealthOptions } from '../../declaration/health.options.js';
import { OpenQuestion, provideCheck } from '../provide-check.js';
import { Settings } from '../check-settings.js';

/** What is used of the app's Redis client, ioredis or node-redis. */
export interface RedisPing {
  ping(): PromiseLike<unknown>;
  /** Of ioredis: where its connection stands. */
  readonly status?: string;
  /** Of node-redis: whether it was told to connect. */
  readonly isOpen?: boolean;
  /** Of node-redis: whether it is connected. */
  readonly isReady?: boolean;
}

/** What `redisCheck` can be told, besides what every check can. */
export interface RedisCheckSettings extends HealthOptions {
  /** The injection token of the app's own client. */
  readonly client: InjectionToken<RedisPing>;
}

/** In these states ioredis sends what it is asked; in all others it would queue it for as long as it takes. */
const SENDING = ['ready', 'wait', 'monitoring'];

/**
 * Whether Redis answers PING on the app's own client: `providers: [redisCheck({ client: REDIS })]`. A client that
 * is not connected is `DOWN` at once, without a command that waits in its queue; while a ping has no answer no
 * second one is sent.
 * @throws VitalsError `declaration-invalid`, naming the setting that is wrong, here or when the app starts
 */
export function redisCheck(settings: RedisCheckSettings): FactoryProvider {
  const read = Settings.of('redisCheck', settings, ['client']);
  const { client: token } = settings;
  return provideCheck(
    { ...read.external('redis'), inject: read.token('client', token, "the app's Redis client") },
    (client: RedisPing) => {
      if (typeof (client as Partial<RedisPing> | null)?.ping !== 'function')
        read.refuse(
          'client',
          String(token),
          'the token of an ioredis or node-redis client, which has ping()',
        );
      const question = new OpenQuestion(async () => client.ping());
      const check = async ({ signal }: CheckContext): Promise<HealthStatus> => {
        const hindrance = hindranceOf(client);
        if (hindrance) return HealthStatus.down(hindrance);
        await question.ask(signal);
        return HealthStatus.up();
      };
      return { check };
    },
  );
}

/** Why a command would not be sent now. */
function hindranceOf({ status, isOpen, isReady }: RedisPing): string | undefined {
  if (isOpen === false) return 'the client is closed, or connect() was never called';
  if (isReady === false) return 'the client is not connected';
  if (typeof status === 'string' && !SENDING.includes(status))
    return `the client is not connected: ${status}`;
  return undefined;
}

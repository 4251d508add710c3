import type { FactoryProvider } from '@nestjs/common';
import { grpcCheck } from './clients/grpc-check.js';
import { kafkaCheck } from './clients/kafka-check.js';
import { redisCheck } from './clients/redis-check.js';
import { typeOrmCheck } from './clients/typeorm-check.js';
import { diskCheck } from './local/disk-check.js';
import { eventLoopCheck } from './local/event-loop-check.js';
import { memoryCheck } from './local/memory-check.js';
import { dnsCheck } from './network/dns-check.js';
import { httpCheck } from './network/http-check.js';
import { tcpCheck } from './network/tcp-check.js';
import { tlsCheck } from './network/tls-check.js';

type Loose = (settings: unknown) => FactoryProvider;

/** Every ready-made check, settings that it accepts, and a setting with a letter too few beside what was meant. */
const CHECKS = [
  ['httpCheck', httpCheck, { url: 'http://a.invalid' }, 'expectStaus', 'expectStatus'],
  ['tcpCheck', tcpCheck, { host: 'a.invalid', port: 1 }, 'hst', 'host'],
  ['tlsCheck', tlsCheck, { host: 'a.invalid' }, 'expireInDays', 'expiresInDays'],
  ['dnsCheck', dnsCheck, { hostname: 'a.invalid' }, 'minAnswer', 'minAnswers'],
  ['diskCheck', diskCheck, {}, 'minfree', 'minFree'],
  ['memoryCheck', memoryCheck, {}, 'maxHep', 'maxHeap'],
  ['eventLoopCheck', eventLoopCheck, {}, 'maxDelayy', 'maxDelay'],
  ['grpcCheck', grpcCheck, { address: 'a.invalid:1' }, 'adress', 'address'],
  ['kafkaCheck', kafkaCheck, { admin: 'ADMIN' }, 'topic', 'topics'],
  ['redisCheck', redisCheck, { client: 'REDIS' }, 'clent', 'client'],
  ['typeOrmCheck', typeOrmCheck, {}, 'datasource', 'dataSource'],
] as const;

describe.each(CHECKS.map(([name, check, ...rest]) => [name, check as Loose, ...rest] as const))(
  '%s',
  (name, check, settings, wrong, meant) => {
    it.each<[string, object, string]>([
      [
        'a setting of its own that is misspelt',
        { [wrong]: 1 },
        `unknown option \`${wrong}\`; did you mean \`${meant}\`?`,
      ],
      [
        'a setting of every check that is misspelt',
        { timout: 1 },
        'unknown option `timout`; did you mean `timeout`?',
      ],
      ['a timeout in quotes', { timeout: '800' }, 'timeout: "800" is not a duration: it has no unit'],
      [
        'a threshold in quotes',
        { failureThreshold: '2' },
        'failureThreshold: must be a whole number from 1 on; write 2 without quotes',
      ],
      [
        'a flag in quotes',
        { critical: 'false' },
        'critical: must be true or false; write false without quotes',
      ],
    ])('refuses %s', (_what, more, message) => {
      expect(() => check({ ...settings, ...more })).toThrow(`${name}: ${message}`);
    });

    it('refuses settings that are none', () => {
      for (const none of [null, 'http://a.invalid', 5])
        expect(() => check(none)).toThrow(`${name}: give an object of settings`);
    });

    it('accepts what is right', () => {
      expect(() => check({ ...settings, name: 'x', timeout: '1s', failureThreshold: 2 })).not.toThrow();
    });
  },
);

it('A number of a check in quotes is refused with what to write', () => {
  expect(() => (tcpCheck as Loose)({ host: 'a.invalid', port: '5432' })).toThrow(
    'tcpCheck: port is "5432"; give a whole number from 1 to 65535; write 5432 without quotes',
  );
});

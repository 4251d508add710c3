import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { apiVersionsV3, type ConnectionOptions, SASLMechanisms } from '@platformatic/kafka';
import { placeText } from '@vitals/core/check';
import { VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import type { Settings } from '../../settings/settings.js';
import { kafkaCode, kafkaText } from './kafka.errors.js';
import type { KafkaLink } from './kafka.link.js';

/** The settings of Kafka. */
export type KafkaSettings = Settings['kafka'];

/** Shorter than an answer may take, so that it is told which of the two failed. */
const CONNECT_MS = 2_000;
const RETRY_MS = 500;
/** What Kafka 3.1 was the first to have: Fetch by the id of a topic. Newer versions of everything else came before. */
const [FETCH, FETCH_VERSION] = [1, 13];
/** What does not become right by waiting: unsupported mechanism, wrong credentials. */
const REFUSED: readonly number[] = [33, 58];

/** Options of the client for each connection. @throws VitalsError `settings-invalid` if a file cannot be read */
export function connectionOptions({ brokers, sasl, tls }: KafkaSettings): ConnectionOptions {
  const { mechanism, username, password } = sasl;
  return {
    connectTimeout: CONNECT_MS,
    ...(mechanism && { sasl: { mechanism: SASLMechanisms[MECHANISMS[mechanism]], username, password } }),
    ...(tls.isOn && {
      tls: {
        ca: read('KAFKA_TLS_CA', tls.caPath),
        cert: read('KAFKA_TLS_CERT', tls.certPath),
        key: read('KAFKA_TLS_KEY', tls.keyPath),
      },
      // the name that proxies route by; there is none for addresses
      tlsServerName: brokers.every(({ host }) => isIP(host) === 0),
    }),
  };
}

const MECHANISMS = {
  PLAIN: 'PLAIN',
  'SCRAM-SHA-256': 'SCRAM_SHA_256',
  'SCRAM-SHA-512': 'SCRAM_SHA_512',
} as const;

/** The brokers that were named, for people. */
export function brokersText({ brokers }: Pick<KafkaSettings, 'brokers'>): string {
  return brokers.map(({ host, port }) => placeText(host, port)).join(',');
}

/**
 * Does something at boot, again and again until it is done or the time is up.
 * @throws VitalsError `settings-invalid` that names `KAFKA_BROKERS`; its own if it is one, at once
 */
export async function atBoot(
  clock: Clock,
  brokers: string,
  withinMs: number,
  work: () => Promise<void>,
): Promise<void> {
  const endMs = clock.monotonicMs() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof VitalsError && !error.retryable) throw error;
      const code = kafkaCode(error);
      const isFinal = code !== undefined && REFUSED.includes(code);
      if (isFinal || clock.monotonicMs() + RETRY_MS > endMs) {
        const detail = `Kafka at ${brokers} cannot be used: ${kafkaText(error)}`;
        throw new VitalsError('settings-invalid', `KAFKA_BROKERS: ${detail}`, { cause: error });
      }
      await new Promise<void>((resolve) => void clock.after(RETRY_MS, resolve));
    }
  }
}

/** @throws VitalsError `settings-invalid` if the brokers are too old */
export async function assertVersion(link: KafkaLink, brokers: string): Promise<void> {
  const { apiKeys } = await link.ask(undefined, apiVersionsV3, ['vitals', '1']);
  const fetch = apiKeys.find(({ apiKey }) => apiKey === FETCH);
  if (fetch && fetch.maxVersion >= FETCH_VERSION) return;
  const detail = `Kafka at ${brokers} is too old; version 3.1 or newer is needed`;
  throw new VitalsError('settings-invalid', `KAFKA_BROKERS: ${detail}`);
}

function read(setting: string, path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new VitalsError('settings-invalid', `${setting}: ${path} cannot be read (${code})`, {
      cause: error,
    });
  }
}

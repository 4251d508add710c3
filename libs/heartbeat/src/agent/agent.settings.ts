import { failureReason } from '@vitals/core/health';
import { anything, duration, OptionReader } from '@vitals/core/options';
import type { Duration } from '@vitals/core/time';
import type { CredentialSources } from '../identity/credentials.js';
import { FileTokenStore } from '../identity/file.token-store.js';
import { readBaseUrl } from '../wire/base-url.js';
import { asSent, faultOfName, faultOfToken } from '../wire/provider.js';
import type { HeartbeatAgentOptions } from './agent.options.js';

/** Options, read and found to be usable. */
export interface AgentSettings extends Pick<
  HeartbeatAgentOptions,
  'name' | 'register' | 'phase' | 'readiness' | 'info' | 'onDrain'
> {
  readonly endpoints: readonly URL[];
  readonly credentials: CredentialSources;
  readonly timeoutMs: number;
  readonly infoEveryMs: number;
  readonly intervalMs: number;
}

/** @throws VitalsError `declaration-invalid`, naming the option that is wrong */
export function readOptions(options: HeartbeatAgentOptions): AgentSettings {
  const read = new OptionReader('HeartbeatAgent', options, {
    controlPlane: anything,
    name: anything,
    register: anything,
    phase: anything,
    readiness: anything,
    info: anything,
    infoEvery: duration,
    token,
    registrationToken: token,
    tokenStore: anything,
    tokenFile: anything,
    onDrain: anything,
    timeout: duration,
    interval: duration,
  });
  const spanMs = (option: 'timeout' | 'infoEvery' | 'interval', fallback: Duration): number =>
    read.spanMs(option, fallback, `${option}: must be longer than nothing`);
  const { name, register, phase, readiness, info, onDrain, tokenStore, tokenFile } = options;
  const fault = faultOfName(name);
  read.require(fault && `name: ${fault}`);
  read.require(registerFault(register));
  const endpoints = [options.controlPlane].flat().map((url) => {
    try {
      return readBaseUrl(String(url));
    } catch (error) {
      return read.refuse(`controlPlane: ${failureReason(error)}`);
    }
  });
  if (endpoints.length === 0) read.refuse('controlPlane: give at least one URL');
  if (tokenStore && tokenFile) read.refuse('give tokenStore or tokenFile, not both');
  return {
    name,
    register,
    phase,
    readiness,
    info,
    onDrain,
    endpoints,
    credentials: {
      token: options.token || undefined,
      registrationToken: options.registrationToken || undefined,
      store: tokenFile ? new FileTokenStore(tokenFile) : tokenStore,
    },
    timeoutMs: spanMs('timeout', '5s'),
    infoEveryMs: spanMs('infoEvery', '5m'),
    intervalMs: spanMs('interval', '10s'),
  };
}

/** A registration that cannot be written as JSON, or is refused for a text, would only be noticed when it is sent. */
function registerFault(register: unknown): string | undefined {
  if (typeof register !== 'object' || register === null) {
    return 'register: give endpoint, service_type and schema_version';
  }
  const sent = asSent(register, 'it');
  return 'reason' in sent ? `register: ${sent.reason}` : undefined;
}

/** An empty one counts as not given. */
function token(value: string): string | undefined {
  return value ? faultOfToken(value) : undefined;
}

import { VitalsError } from '@vitals/core/errors';
import { failureReason } from '@vitals/core/health';
import { readJson } from '@vitals/core/json';
import { unknownOption } from '@vitals/core/options';
import { type Duration, parseDuration } from '@vitals/core/time';
import type { CredentialSources } from '../identity/credentials.js';
import { FileTokenStore } from '../identity/file.token-store.js';
import { readBaseUrl } from '../wire/base-url.js';
import { faultOfName } from '../wire/provider.js';
import { faultOfToken } from '../wire/token.js';
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

/** Every option there is. */
const OPTIONS: Readonly<Record<keyof HeartbeatAgentOptions, true>> = {
  controlPlane: true,
  name: true,
  register: true,
  phase: true,
  readiness: true,
  info: true,
  infoEvery: true,
  token: true,
  registrationToken: true,
  tokenStore: true,
  tokenFile: true,
  onDrain: true,
  timeout: true,
  interval: true,
};

/** @throws VitalsError `declaration-invalid`, naming the option that is wrong: one that is ignored would mislead */
export function readOptions(options: HeartbeatAgentOptions): AgentSettings {
  const unknown = unknownOption(options, Object.keys(OPTIONS));
  if (unknown !== undefined) throw invalid(unknown);
  const { name, register, phase, readiness, info, onDrain } = options;
  const nameFault = faultOfName(name);
  if (nameFault !== undefined) throw invalid(`name: ${nameFault}`);
  assertWritable(register);
  const endpoints = [options.controlPlane].flat().map((url) => readEndpoint(url));
  if (endpoints.length === 0) throw invalid('controlPlane: give at least one URL');
  return {
    name,
    register,
    phase,
    readiness,
    info,
    onDrain,
    endpoints,
    credentials: readCredentials(options),
    timeoutMs: readSpan('timeout', options.timeout ?? '5s'),
    infoEveryMs: readSpan('infoEvery', options.infoEvery ?? '5m'),
    intervalMs: readSpan('interval', options.interval ?? '10s'),
  };
}

/** A registration that cannot be written as JSON, or is refused for a text, would only be noticed when it is sent. */
function assertWritable(register: unknown): void {
  if (typeof register !== 'object' || register === null) {
    throw invalid('register: give endpoint, service_type and schema_version');
  }
  let text: string;
  try {
    text = JSON.stringify(register);
  } catch (error) {
    throw invalid(`register: cannot be written as JSON: ${failureReason(error)}`);
  }
  try {
    readJson(text, 'it');
  } catch (error) {
    throw invalid(`register: ${failureReason(error)}`);
  }
}

function readEndpoint(url: string): URL {
  try {
    return readBaseUrl(String(url));
  } catch (error) {
    throw invalid(`controlPlane: ${failureReason(error)}`);
  }
}

function readCredentials({ tokenStore, tokenFile, ...tokens }: HeartbeatAgentOptions): CredentialSources {
  if (tokenStore && tokenFile) throw invalid('give tokenStore or tokenFile, not both');
  return {
    token: readToken('token', tokens.token),
    registrationToken: readToken('registrationToken', tokens.registrationToken),
    store: tokenFile ? new FileTokenStore(tokenFile) : tokenStore,
  };
}

function readToken(option: string, token: string | undefined): string | undefined {
  if (!token) return undefined;
  const fault = faultOfToken(token);
  if (fault !== undefined) throw invalid(`${option}: ${fault}`);
  return token;
}

function readSpan(option: string, span: Duration): number {
  let ms: number;
  try {
    ms = parseDuration(span);
  } catch (error) {
    throw invalid(`${option}: ${failureReason(error)}`);
  }
  if (ms > 0) return ms;
  throw invalid(`${option}: must be longer than nothing`);
}

function invalid(what: string): VitalsError {
  return new VitalsError('declaration-invalid', `HeartbeatAgent: ${what}`);
}

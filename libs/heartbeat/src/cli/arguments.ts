import { didYouMean } from '@vitals/core/nearest-name';
import { canParseUrl } from '@vitals/core/check';
import { parseArgs } from 'node:util';
import { parseDurationText } from '@vitals/core/time';
import { parseAmount, RESOURCES } from '@vitals/core/placement';
import { unknownSettings } from '@vitals/core/settings';
import type { HeartbeatAgentOptions } from '../agent/agent.options.js';
import { ipv6Hint, readBaseUrl } from '../wire/base-url.js';
import { faultOfName, type ProviderInfo } from '../wire/provider.js';

/** What the command line asks for. */
export interface CliSettings {
  readonly agent: Pick<
    HeartbeatAgentOptions,
    'name' | 'controlPlane' | 'register' | 'token' | 'tokenFile' | 'registrationToken'
  >;
  readonly info: ProviderInfo | undefined;
  readonly infoCommand: string | undefined;
  readonly checkCommand: string | undefined;
  readonly checkUrl: URL | undefined;
  readonly drainCommand: string | undefined;
  readonly checkEveryMs: number;
  readonly checkTimeoutMs: number;
  readonly isVerbose: boolean;
}

/** A command line, read: what to do, what to show, or what is wrong with it. */
export type CommandLine =
  | { readonly settings: CliSettings }
  | { readonly show: 'help' | 'version' }
  | { readonly faults: readonly string[] };

const text = { type: 'string' } as const;
const list = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const OPTIONS = {
  name: text,
  'control-plane': list,
  endpoint: text,
  'service-type': text,
  'schema-version': text,
  'display-name': text,
  zone: text,
  region: text,
  label: list,
  operation: list,
  capacity: text,
  capability: list,
  'info-exec': text,
  exec: text,
  http: text,
  'check-every': text,
  'exec-timeout': text,
  'on-drain': text,
  token: text,
  'token-file': text,
  'registration-token': text,
  verbose: flag,
  help: flag,
  version: flag,
} as const;

/** Checks that come in quicker succession would only cost. */
const MIN_SPAN_MS = 100;

type Given = ReturnType<typeof parse>;

/** Reads a command line, and what the environment has for what it leaves out; an empty value is left out. */
export function readArguments(args: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  let given: Given;
  try {
    given = parse(args);
  } catch (error) {
    return { faults: [describe(error as Error)] };
  }
  if (given.help) return { show: 'help' };
  if (given.version) return { show: 'version' };
  const faults: string[] = [];
  const settings = read(given, env, faults);
  faults.push(...unknownSettings(env).map(({ pointer, detail }) => `${pointer}: ${detail}`));
  return faults.length > 0 ? { faults } : { settings };
}

/** Node.js names an unknown option in its message alone. */
function describe({ message }: Error): string {
  const unknown = /^Unknown option '(-[^']*)'/.exec(message)?.[1];
  if (unknown === undefined) return message;
  const options = Object.keys(OPTIONS).map((name) => `--${name}`);
  return [`${JSON.stringify(unknown)} is not an option`, didYouMean(unknown, options)]
    .filter(Boolean)
    .join('; ');
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
}

function read(given: Given, env: NodeJS.ProcessEnv, faults: string[]): CliSettings {
  const attempt = <T>(option: string, value: string | undefined, reader: (value: string) => T) => {
    try {
      return value ? reader(value) : undefined;
    } catch (error) {
      faults.push(`--${option}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const need = (option: string, value: string | undefined, variable?: string): string => {
    if (!value)
      faults.push(`--${option}: is required${variable ? `, or ${variable} in the environment` : ''}`);
    return value ?? '';
  };
  const name = need('name', given.name || env['VITALS_NAME'], 'VITALS_NAME');
  const nameFault = faultOfName(name);
  if (name && nameFault !== undefined) faults.push(`--name: ${nameFault}`);
  const controlPlane = given['control-plane'] ?? readList(env['VITALS_CONTROL_PLANE']);
  need('control-plane', controlPlane[0], 'VITALS_CONTROL_PLANE');
  for (const url of controlPlane) attempt('control-plane', url, readBaseUrl);
  const endpoint = need('endpoint', given.endpoint);
  attempt('endpoint', endpoint, readUrl);
  const labels = (given.label ?? []).map((label) => attempt('label', label, readPair) ?? ['', '']);
  if (given.exec && given.http) faults.push('--exec, --http: give one of them');
  const zone = {
    ...(given.zone && { zone: given.zone }),
    ...(given.region && { region_code: given.region }),
  };
  return {
    agent: {
      name,
      controlPlane,
      register: {
        endpoint,
        service_type: need('service-type', given['service-type']),
        schema_version: given['schema-version'] || 'v1',
        ...(given['display-name'] && { display_name: given['display-name'] }),
        ...(given.operation && { operations: given.operation }),
        ...(Object.keys(zone).length > 0 && { metadata: zone }),
        ...(labels.length > 0 && { labels: Object.fromEntries(labels) as Record<string, string> }),
      },
      token: given.token || env['VITALS_TOKEN'],
      tokenFile: given['token-file'] || env['VITALS_TOKEN_FILE'],
      registrationToken: given['registration-token'] || env['VITALS_REGISTRATION_TOKEN'],
    },
    info: readInfo(attempt('capacity', given.capacity, readCapacity), given.capability),
    infoCommand: given['info-exec'],
    checkCommand: given.exec,
    checkUrl: attempt('http', given.http, readUrl),
    drainCommand: given['on-drain'],
    checkEveryMs: attempt('check-every', given['check-every'] || '5s', readSpan) ?? 0,
    checkTimeoutMs: attempt('exec-timeout', given['exec-timeout'] || '5s', readSpan) ?? 0,
    isVerbose: given.verbose ?? false,
  };
}

function readInfo(
  capacity: ProviderInfo['capacity'] | undefined,
  capabilities: readonly string[] | undefined,
): ProviderInfo | undefined {
  if (!capacity && !capabilities) return undefined;
  return { capacity: capacity ?? {}, ...(capabilities && { capabilities }) };
}

function readList(words = ''): string[] {
  return words
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readUrl(address: string): URL {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address) && canParseUrl(address)) return new URL(address);
  throw new Error(
    `${JSON.stringify(address)} is not a valid URL; use one such as "http://127.0.0.1:9000"${ipv6Hint(address)}`,
  );
}

function readPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
  throw new Error(`${JSON.stringify(pair)} must be KEY=VALUE`);
}

function readCapacity(words: string): Record<string, string> {
  const pairs = readList(words).map(readPair);
  for (const [key, amount] of pairs) {
    const resource = RESOURCES.find((known) => known === key);
    if (!resource)
      throw new Error(`there is no resource ${JSON.stringify(key)}; there are ${RESOURCES.join(', ')}`);
    parseAmount(resource, amount);
  }
  return Object.fromEntries(pairs);
}

function readSpan(duration: string): number {
  const ms = parseDurationText(duration);
  if (ms >= MIN_SPAN_MS) return ms;
  throw new Error(`must be at least ${MIN_SPAN_MS} ms`);
}

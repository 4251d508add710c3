import type { Provider } from '@nestjs/common';
import type { HealthModuleOptions } from '@vitals/health';
import { PROCEDURES } from './procedures.js';

/** What an archive of the TCK asks for. */
export interface Deployment {
  readonly providers: readonly Provider[];
  readonly health: HealthModuleOptions;
}

type EmptyResponse = NonNullable<HealthModuleOptions['emptyResponse']>;

const EMPTY_RESPONSES: ReadonlyMap<string, keyof EmptyResponse> = new Map([
  ['mp.health.default.readiness.empty.response', 'readiness'],
  ['mp.health.default.startup.empty.response', 'startup'],
]);

/**
 * Reads the content of an archive: names of Java classes, and `key=value` of its MicroProfile Config.
 * @throws Error if nothing stands for a class or a setting here: a deployment leaves nothing out
 */
export function readDeployment(content: readonly string[]): Deployment {
  const providers: Provider[] = [];
  const emptyResponse: { -readonly [Key in keyof EmptyResponse]: EmptyResponse[Key] } = {};
  for (const item of content) {
    const [name = '', value] = item.split('=', 2);
    if (value === undefined) providers.push(procedureOf(name));
    else emptyResponse[settingOf(name)] = stateOf(name, value);
  }
  return { providers, health: { emptyResponse } };
}

function procedureOf(javaClass: string): Provider {
  const procedure = PROCEDURES.get(javaClass);
  if (!procedure) throw new Error(`no provider stands for the Java class ${javaClass}`);
  return procedure;
}

function settingOf(name: string): keyof EmptyResponse {
  const kind = EMPTY_RESPONSES.get(name);
  if (!kind) throw new Error(`no option stands for the setting ${name}`);
  return kind;
}

function stateOf(name: string, value: string): 'UP' | 'DOWN' {
  if (value !== 'UP' && value !== 'DOWN') throw new Error(`${name} must be UP or DOWN, and is ${value}`);
  return value;
}

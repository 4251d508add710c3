import type { CallKind } from '../telemetry/agent.metrics.js';

/** What helps against a refusal. */
export function adviceOn(status: number, kind: CallKind, name: string): string {
  if (status === 401) {
    return `the token is missing or not accepted any more: give ${name} its own token, or a registration token if the name is new`;
  }
  if (status === 409) {
    return `another process has registered as ${name}, or it is registered with another id: run one process for each name`;
  }
  return kind === 'registration'
    ? `a registration token creates names that do not exist, and a provider's token is good for its own name: give the token that was issued to ${name}, have a new one issued with POST /providers/${name}/token, or remove the provider`
    : `the token is not the one of ${name}: give ${name} its own`;
}

import type { Clock } from '@vitals/core/time';
import { Credentials } from '../identity/credentials.js';
import { Identity } from '../identity/identity.js';
import { AgentEmitter } from '../telemetry/agent.events.js';
import { MetricsRecorder } from '../telemetry/agent.metrics.js';
import { ControlPlaneClient } from '../wire/control-plane.client.js';
import type { Transport } from '../wire/exchange.js';
import type { AgentSettings } from './agent.settings.js';
import { Failover } from './failover.js';

/** What an agent is made of; all of it outlives a start. */
export type AgentParts = Readonly<ReturnType<typeof assemble>>;

/** Puts an agent together. @param transport how its requests are made, if not over the network */
export function assemble(settings: AgentSettings, clock: Clock, transport?: Transport) {
  const { name, register, timeoutMs } = settings;
  const emitter = new AgentEmitter();
  const recorder = new MetricsRecorder(settings.intervalMs);
  const client = new ControlPlaneClient(name, clock, transport);
  const credentials = new Credentials(settings.credentials, timeoutMs, clock, (reason) =>
    emitter.fault('token', reason),
  );
  const identity = new Identity(client, register, credentials);
  const failover = new Failover({ settings, clock, client, recorder });
  return { settings, clock, client, identity, credentials, emitter, recorder, failover };
}

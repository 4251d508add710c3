import { metricFamily } from '@vitals/core/health';
import { type AgentMetrics, LATENCY_BOUNDS_MS } from './agent.metrics.js';

/**
 * Writes the metrics of an agent in Prometheus' text exposition format 0.0.4, with the provider's name as a
 * label: `vitals_agent_*`, times in seconds.
 */
export function prometheusText(name: string, metrics: AgentMetrics): string {
  const provider = `provider="${name.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
  const { latency, failures, causes, lastBeatAtMs } = metrics;
  const bounds = [...LATENCY_BOUNDS_MS.map((ms) => String(ms / 1_000)), '+Inf'];
  const counts = [...latency.cumulated, latency.count];
  return [
    family('beats_total', 'counter', 'Heartbeats that were acknowledged.', [`{${provider}} ${metrics.sent}`]),
    family(
      'failures_total',
      'counter',
      'Requests that failed, by what they were about.',
      Object.entries(failures).map(([call, count]) => `{${provider},call="${call}"} ${count}`),
    ),
    family(
      'failure_causes_total',
      'counter',
      'Requests that failed, by why they failed.',
      Object.entries(causes).map(([cause, count]) => `{${provider},cause="${cause}"} ${count}`),
    ),
    family('registrations_total', 'counter', 'Registrations that were acknowledged.', [
      `{${provider}} ${metrics.registrations}`,
    ]),
    family('info_updates_total', 'counter', 'Info updates that were acknowledged.', [
      `{${provider}} ${metrics.infoSent}`,
    ]),
    family('beat_latency_seconds', 'histogram', 'From sending a heartbeat to its acknowledgement.', [
      ...bounds.map((bound, at) => `_bucket{${provider},le="${bound}"} ${counts[at]}`),
      `_sum{${provider}} ${latency.sumMs / 1_000}`,
      `_count{${provider}} ${latency.count}`,
    ]),
    family('interval_seconds', 'gauge', 'The interval that was advertised last.', [
      `{${provider}} ${metrics.intervalMs / 1_000}`,
    ]),
    family('registered', 'gauge', 'Whether the provider is registered.', [
      `{${provider}} ${metrics.generation === undefined ? 0 : 1}`,
    ]),
    family(
      'last_beat_time_seconds',
      'gauge',
      'When the last acknowledged heartbeat was sent, in seconds since 1970.',
      lastBeatAtMs === undefined ? [] : [`{${provider}} ${lastBeatAtMs / 1_000}`],
    ),
  ].join('');
}

function family(name: string, type: string, help: string, samples: readonly string[]): string {
  return metricFamily(`vitals_agent_${name}`, type, help, samples);
}

import { metricFamily } from '@vitals/core/health';
import { type AgentMetrics, LATENCY_BOUNDS_MS } from './agent.metrics.js';

/**
 * Writes the metrics of an agent in Prometheus' text exposition format 0.0.4, with the provider's name as a
 * label: `vitals_agent_*`, times in seconds.
 */
export function prometheusText(name: string, metrics: AgentMetrics): string {
  const provider = `provider="${name.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
  const one = (value: number): string[] => [`{${provider}} ${value}`];
  const by = (label: string, counts: Readonly<Record<string, number>>): string[] =>
    Object.entries(counts).map(([word, count]) => `{${provider},${label}="${word}"} ${count}`);
  const { latency, lastBeatAtMs } = metrics;
  const bounds = [...LATENCY_BOUNDS_MS.map((ms) => String(ms / 1_000)), '+Inf'];
  const counts = [...latency.cumulated, latency.count];
  const histogram = [
    ...bounds.map((bound, at) => `_bucket{${provider},le="${bound}"} ${counts[at]}`),
    `_sum{${provider}} ${latency.sumMs / 1_000}`,
    `_count{${provider}} ${latency.count}`,
  ];
  const lastBeat = lastBeatAtMs === undefined ? [] : one(lastBeatAtMs / 1_000);
  const isRegistered = metrics.generation === undefined ? 0 : 1;
  const families: readonly [name: string, type: string, help: string, samples: readonly string[]][] = [
    ['beats_total', 'counter', 'Heartbeats that were acknowledged.', one(metrics.sent)],
    [
      'failures_total',
      'counter',
      'Requests that failed, by what they were about.',
      by('call', metrics.failures),
    ],
    [
      'failure_causes_total',
      'counter',
      'Requests that failed, by why they failed.',
      by('cause', metrics.causes),
    ],
    ['registrations_total', 'counter', 'Registrations that were acknowledged.', one(metrics.registrations)],
    ['info_updates_total', 'counter', 'Info updates that were acknowledged.', one(metrics.infoSent)],
    ['beat_latency_seconds', 'histogram', 'From sending a heartbeat to its acknowledgement.', histogram],
    ['interval_seconds', 'gauge', 'The interval that was advertised last.', one(metrics.intervalMs / 1_000)],
    ['registered', 'gauge', 'Whether the provider is registered.', one(isRegistered)],
    [
      'last_beat_time_seconds',
      'gauge',
      'When the last acknowledged heartbeat was sent, in seconds since 1970.',
      lastBeat,
    ],
  ];
  return families
    .map(([family, type, help, samples]) => metricFamily(`vitals_agent_${family}`, type, help, samples))
    .join('');
}

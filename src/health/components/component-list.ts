import { formatTimestamp } from '../../time/timestamp.js';
import { type ComponentState, sortComponents } from './component.js';
import { type HealthDetail, jsonAnswer, type WireAnswer } from '../wire/wire-answer.js';

/** All components for people and dashboards, healthy ones too; 503 if a critical one failed. */
export function componentList(states: readonly ComponentState[], detail: HealthDetail): WireAnswer {
  const listed = detail === 'status' ? [] : sortComponents(states);
  const components = listed.map((state) => writeComponent(state, detail));
  const failed = states.some(({ status, critical }) => status === 'NOT_OK' && critical);
  return jsonAnswer(failed ? 503 : 200, { components });
}

/** One component; 503 if it failed and is critical. At detail `status` its status alone. */
export function componentItem(state: ComponentState, detail: HealthDetail): WireAnswer {
  const failed = state.status === 'NOT_OK' && state.critical;
  return jsonAnswer(failed ? 503 : 200, writeComponent(state, detail));
}

function writeComponent(state: ComponentState, detail: HealthDetail): Record<string, unknown> {
  const { name, type, status, critical, lastError, durationMs, checkedAtMs, ageMs } = state;
  if (detail === 'status') return { status };
  const brief = { name, type, status, critical };
  if (detail !== 'full') return brief;
  return {
    ...brief,
    ...(lastError && { lastError: lastError.message, lastErrorAt: formatTimestamp(lastError.atMs) }),
    ...(durationMs !== undefined && { durationMs: Math.round(durationMs * 100) / 100 }),
    ...(checkedAtMs !== undefined && { checkedAt: formatTimestamp(checkedAtMs) }),
    ...(ageMs !== undefined && { ageMs: Math.round(ageMs) }),
  };
}

import { formatTimestamp } from '../../time/timestamp.js';
import { type ComponentState, sortComponents } from '../component.js';
import { type HealthDetail, jsonAnswer, type WireAnswer } from './answer.js';

/** All components for people and dashboards, healthy ones too; 503 if a critical one failed. */
export function componentList(
  states: readonly ComponentState[],
  nowMs: number,
  detail: HealthDetail,
): WireAnswer {
  const components = sortComponents(states).map((state) => writeComponent(state, nowMs, detail));
  const failed = states.some(({ status, critical }) => status === 'NOT_OK' && critical);
  return jsonAnswer(failed ? 503 : 200, { components });
}

/** One component; 503 if it failed and is critical. */
export function componentItem(state: ComponentState, nowMs: number, detail: HealthDetail): WireAnswer {
  const failed = state.status === 'NOT_OK' && state.critical;
  return jsonAnswer(failed ? 503 : 200, writeComponent(state, nowMs, detail));
}

function writeComponent(state: ComponentState, nowMs: number, detail: HealthDetail): Record<string, unknown> {
  const brief = { name: state.name, type: state.type, status: state.status, critical: state.critical };
  if (detail !== 'full' || state.checkedAtMs === undefined) return brief;
  return {
    ...brief,
    ...(state.message !== undefined && { lastError: state.message }),
    durationMs: Math.round((state.durationMs ?? 0) * 100) / 100,
    checkedAt: formatTimestamp(state.checkedAtMs),
    ageMs: Math.max(0, nowMs - state.checkedAtMs),
  };
}

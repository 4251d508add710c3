import { type ComponentState, sortComponents } from '../component.js';
import { emptyAnswer, jsonAnswer, type WireAnswer } from './answer.js';

/** What a healthz request asks; `undefined` for a parameter that is absent. */
export interface HealthzQuery {
  readonly appid: string | undefined;
  readonly components: string | undefined;
}

/** What plain healthz depends on: states only, so that answering it runs no check. */
export interface HealthzState {
  /** Readiness targets that are not reached, by name. */
  readonly notReady: readonly string[];
  readonly appId: string;
}

/** A component on Dapr's wire. */
export interface ComponentHealth {
  readonly componentName: string;
  readonly type: string;
  readonly status: 'NOT_OK' | 'UNDEFINED';
  readonly errorCode: 'ERR_HEALTH_NOT_OK' | 'ERR_PING_NOT_IMPLEMENTED';
  readonly message?: string;
}

/** A query that no component needs to be pinged for; otherwise `undefined`. Steps 1 to 3 of the rule. */
export function healthz(query: HealthzQuery, state: HealthzState): WireAnswer | undefined {
  if (state.notReady.length > 0) {
    const targets = state.notReady.join(', ');
    return errorAnswer('ERR_HEALTH_NOT_READY', `${state.appId} is not ready: [${targets}]`);
  }
  if (query.appid !== undefined && query.appid !== state.appId) {
    return errorAnswer(
      'ERR_HEALTH_APPID_NOT_MATCH',
      `the app id of this app is not ${JSON.stringify(query.appid)}`,
    );
  }
  return query.components?.toLowerCase() === 'true' ? undefined : emptyAnswer(204);
}

/**
 * Writes what was found of the components, by approach 3 of Dapr's proposal: those that failed, and those
 * that nobody can say anything about; healthy ones never. Steps 4 to 8 of the rule: 500 if a critical one
 * failed, 204 if there is none, 405 if none has a ping, 200 if something is listed, else 204.
 */
export function componentsHealth(states: readonly ComponentState[]): WireAnswer {
  const listed = sortComponents(states).filter(({ status }) => status !== 'OK');
  const body = { componentsHealth: listed.map(writeComponent) };
  if (listed.some(({ status, critical }) => status === 'NOT_OK' && critical)) return jsonAnswer(500, body);
  if (states.length === 0) return emptyAnswer(204);
  if (states.every(({ status }) => status === 'UNDEFINED'))
    return jsonAnswer(405, body, { allow: 'GET, HEAD' });
  return listed.length > 0 ? jsonAnswer(200, body) : emptyAnswer(204);
}

/** Dapr's `healthz/outbound`: whether the app's own outgoing side is up. */
export function outboundHealth(notReady: readonly string[]): WireAnswer {
  if (notReady.length === 0) return emptyAnswer(204);
  return errorAnswer(
    'ERR_OUTBOUND_HEALTH_NOT_READY',
    `the outgoing side is not ready: [${notReady.join(', ')}]`,
  );
}

function errorAnswer(errorCode: string, message: string): WireAnswer {
  return jsonAnswer(500, { errorCode, message });
}

function writeComponent({ name, type, status, message }: ComponentState): ComponentHealth {
  const wire = { componentName: name, type: type.split('.', 1)[0] as string };
  if (status === 'UNDEFINED') return { ...wire, status, errorCode: 'ERR_PING_NOT_IMPLEMENTED' };
  return { ...wire, status: 'NOT_OK', errorCode: 'ERR_HEALTH_NOT_OK', message: message ?? '' };
}

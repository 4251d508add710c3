import { type ComponentState, sortComponents } from './component.js';
import { emptyAnswer, type HealthDetail, jsonAnswer, type WireAnswer } from '../wire/wire-answer.js';

/** What a healthz request asks; `undefined` for a parameter that is absent. */
export interface HealthzQuery {
  readonly appid: string | undefined;
  readonly components: string | undefined;
}

/** The shapes that Dapr's proposal discusses: umbrellas (1), everything listed (2), and its own choice (3). */
export type HealthzApproach = 1 | 2 | 3;

/** What plain healthz depends on: states only, so that answering it runs no check. */
export interface HealthzState {
  /** Readiness targets that are not reached, by name. */
  readonly notReady: readonly string[];
  readonly appId: string;
}

/** A component on Dapr's wire; an `OK` one is listed by approach 2 only, and has no error code. */
export interface ComponentHealth {
  readonly componentName: string;
  readonly type: string;
  readonly status: 'OK' | 'NOT_OK' | 'UNDEFINED';
  readonly errorCode?: 'ERR_HEALTH_NOT_OK' | 'ERR_PING_NOT_IMPLEMENTED';
  readonly message?: string;
}

/**
 * The answer to a query that no component needs to be pinged for; otherwise `undefined`. Steps 1 to 3 of the rule.
 * At detail `status` neither the app nor the targets that are missing are named.
 */
export function healthz(
  query: HealthzQuery,
  state: HealthzState,
  detail: HealthDetail,
): WireAnswer | undefined {
  if (state.notReady.length > 0) {
    const names = detail === 'status' ? '' : `: [${state.notReady.join(', ')}]`;
    const app = detail === 'status' ? 'the app' : state.appId;
    return errorAnswer('ERR_HEALTH_NOT_READY', `${app} is not ready${names}`);
  }
  if (query.appid !== undefined && query.appid !== state.appId) {
    return errorAnswer(
      'ERR_HEALTH_APPID_NOT_MATCH',
      `the app id of this app is not ${JSON.stringify(query.appid)}`,
    );
  }
  return query.components?.toLowerCase() === 'true' ? undefined : emptyAnswer(204);
}

/** Which shape a query asks for; anything but `1` and `2` is the third, which the proposal recommends. */
export function readApproach(approach: string | null): HealthzApproach {
  return approach === '1' ? 1 : approach === '2' ? 2 : 3;
}

/**
 * Writes what was found of the components. The code is the same in every approach, steps 4 to 8 of the rule:
 * 500 if a critical one failed, 204 without a body if there is none, 405 if none has a ping, 200 if one failed
 * or has no ping, else 204. A 204 has no body, so that approach 2 lists nothing either when all is well. At detail
 * `names` there are no messages, at `status` there is no body at all.
 */
export function componentsHealth(
  states: readonly ComponentState[],
  detail: HealthDetail,
  approach: HealthzApproach = 3,
): WireAnswer {
  const sorted = sortComponents(states);
  const failed = sorted.filter(({ status }) => status === 'NOT_OK');
  const withoutPing = sorted.filter(({ status }) => status === 'UNDEFINED');
  const answer = (status: number, headers?: Readonly<Record<string, string>>): WireAnswer =>
    detail === 'status'
      ? emptyAnswer(status, headers)
      : jsonAnswer(status, { componentsHealth: writeComponents(sorted, approach, detail) }, headers);
  if (failed.some(({ critical }) => critical)) return answer(500);
  if (sorted.length === 0) return emptyAnswer(204);
  if (withoutPing.length === sorted.length) return answer(405, { allow: 'GET, HEAD' });
  return failed.length + withoutPing.length > 0 ? answer(200) : emptyAnswer(204);
}

/** Dapr's `healthz/outbound`: whether the app's own outgoing side is up; at detail `status` without names. */
export function outboundHealth(notReady: readonly string[], detail: HealthDetail): WireAnswer {
  if (notReady.length === 0) return emptyAnswer(204);
  const names = detail === 'status' ? '' : `: [${notReady.join(', ')}]`;
  return errorAnswer('ERR_OUTBOUND_HEALTH_NOT_READY', `the outgoing side is not ready${names}`);
}

function errorAnswer(errorCode: string, message: string): WireAnswer {
  return jsonAnswer(500, { errorCode, message });
}

function writeComponents(
  sorted: readonly ComponentState[],
  approach: HealthzApproach,
  detail: HealthDetail,
): unknown {
  const listed = sorted
    .filter(({ status }) => approach === 2 || status !== 'OK')
    .map((state) => writeComponent(state, detail));
  if (approach !== 1) return listed;
  const failed = listed.filter(({ status }) => status === 'NOT_OK');
  const withoutPing = listed.filter(({ status }) => status === 'UNDEFINED');
  return {
    ...(failed.length > 0 && { failedComponents: failed }),
    ...(withoutPing.length > 0 && {
      pingNotImplemented: withoutPing.map(({ componentName, type }) => ({ componentName, type })),
    }),
  };
}

function writeComponent(
  { name, type, status, message }: ComponentState,
  detail: HealthDetail,
): ComponentHealth {
  const wire = { componentName: name, type: type.split('.', 1)[0] as string, status };
  switch (status) {
    case 'OK':
      return wire;
    case 'NOT_OK':
      return {
        ...wire,
        errorCode: 'ERR_HEALTH_NOT_OK',
        ...(detail === 'full' && { message: message ?? '' }),
      };
    case 'UNDEFINED':
      return { ...wire, errorCode: 'ERR_PING_NOT_IMPLEMENTED' };
  }
}

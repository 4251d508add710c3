import { type CheckDefinition, DEFAULT_CHECK_POLICY } from '@vitals/core/check';

/** A check of a port, at the defaults but that it is never removed. */
export function tcpCheck(id: string, more: Partial<CheckDefinition> = {}): CheckDefinition {
  return {
    ...DEFAULT_CHECK_POLICY,
    deregisterAfterMs: 0,
    id,
    target: { kind: 'tcp', host: '127.0.0.1', port: 80 },
    maintenance: [],
    labels: {},
    paused: false,
    ...more,
  };
}

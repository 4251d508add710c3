import assert from 'node:assert/strict';

/** A check as a client of MicroProfile Health reads it. */
export interface CheckReply {
  readonly name: string;
  readonly status: 'UP' | 'DOWN';
  readonly data: ReadonlyMap<string, string | number | boolean>;
}

/** An answer as a client of MicroProfile Health reads it: what it does not know is passed over. */
export interface HealthReply {
  readonly status: 'UP' | 'DOWN';
  readonly checks: readonly CheckReply[];
}

/** Properties of the class `HealthCheckResponse` of MicroProfile Health 4.0. */
const PROPERTIES = ['name', 'status', 'data'];

/** Reads an answer. @throws AssertionError if the body is none */
export function readReply(body: string): HealthReply {
  const { status, checks } = (parseJson(body) ?? {}) as { status: unknown; checks: unknown };
  assert.ok(Array.isArray(checks), `"checks" is not an array: ${body}`);
  return { status: readStatus(status), checks: checks.map(readCheck) };
}

/**
 * Reads a check as `HealthCheckResponseValidationTest` of the TCK does, with Jackson into the class
 * `HealthCheckResponse`: a further member fails, and so does `data` unless it is null, for Jackson 2.2, which the
 * TCK brings, cannot make the `Optional` of the class.
 * @throws AssertionError if it cannot be read
 */
export function readStrictly(value: unknown): CheckReply {
  const check = readCheck(value);
  const further = Object.keys(value as object).filter((member) => !PROPERTIES.includes(member));
  assert.deepEqual(further, [], `a check has members that its class has not: ${further.join(', ')}`);
  const { data } = value as { data?: unknown };
  assert.equal(data ?? undefined, undefined, 'a check has data, which its class cannot take');
  return check;
}

function readCheck(value: unknown): CheckReply {
  const { name, status, data } = (value ?? {}) as { name: unknown; status: unknown; data?: object };
  assert.equal(typeof name, 'string', `a check has no name: ${JSON.stringify(value)}`);
  return { name: name as string, status: readStatus(status), data: new Map(Object.entries(data ?? {})) };
}

/** The value of a JSON text. @throws AssertionError if it is none */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    assert.fail(`the body is not JSON: ${JSON.stringify(body)}`);
  }
}

function readStatus(status: unknown): 'UP' | 'DOWN' {
  assert.ok(status === 'UP' || status === 'DOWN', `${JSON.stringify(status)} is not a valid status`);
  return status;
}

import assert from 'node:assert/strict';

/** A value in the `data` of a check. */
export type ReplyValue = string | number | boolean;

/** A check as a client of MicroProfile Health reads it. */
export class CheckReply {
  private constructor(
    readonly name: string,
    readonly status: 'UP' | 'DOWN',
    readonly data: ReadonlyMap<string, ReplyValue>,
  ) {}

  /** @throws AssertionError if it has no name or no status */
  static of(value: unknown): CheckReply {
    const { name, status, data } = (value ?? {}) as { name: unknown; status: unknown; data?: object };
    assert.equal(typeof name, 'string', `a check has no name: ${JSON.stringify(value)}`);
    return new CheckReply(name as string, readStatus(status), new Map(Object.entries(data ?? {})));
  }
}

/** An answer as a client of MicroProfile Health reads it: what it does not know is passed over. */
export class HealthReply {
  private constructor(
    readonly status: 'UP' | 'DOWN',
    readonly checks: readonly CheckReply[],
  ) {}

  /** @throws AssertionError if the body is no such answer */
  static parse(body: string): HealthReply {
    const { status, checks } = (parseJson(body) ?? {}) as { status: unknown; checks: unknown };
    assert.ok(Array.isArray(checks), `"checks" is no array: ${body}`);
    return new HealthReply(
      readStatus(status),
      checks.map((check) => CheckReply.of(check)),
    );
  }
}

/** The value of a JSON text. @throws AssertionError if it is none */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    assert.fail(`the body is no JSON: ${JSON.stringify(body)}`);
  }
}

function readStatus(status: unknown): 'UP' | 'DOWN' {
  assert.ok(status === 'UP' || status === 'DOWN', `${JSON.stringify(status)} is no status`);
  return status;
}

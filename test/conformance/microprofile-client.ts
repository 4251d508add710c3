import { Ajv } from 'ajv';

/** What a strict client of MicroProfile Health reads of an answer: a member that it does not know fails. */
export class HealthReply {
  private constructor(
    readonly status: 'UP' | 'DOWN',
    readonly checks: readonly CheckReply[],
  ) {}

  /** @throws TypeError if the text is no such answer */
  static parse(text: string): HealthReply {
    const { status, checks, ...further } = JSON.parse(text) as { status: unknown; checks: unknown };
    refuse(further);
    if (!Array.isArray(checks)) throw new TypeError('"checks" is not an array');
    return new HealthReply(
      parseStatus(status),
      checks.map((check) => CheckReply.parse(check as object)),
    );
  }
}

/** One check of an answer. */
export class CheckReply {
  private constructor(
    readonly name: string,
    readonly status: 'UP' | 'DOWN',
    readonly data: ReadonlyMap<string, string | number | boolean>,
  ) {}

  static parse({
    name,
    status,
    data = {},
    ...further
  }: {
    name?: unknown;
    status?: unknown;
    data?: Record<string, string | number | boolean>;
  }): CheckReply {
    refuse(further);
    if (typeof name !== 'string') throw new TypeError('a check has no name');
    return new CheckReply(name, parseStatus(status), new Map(Object.entries(data)));
  }
}

const STATUS = { enum: ['UP', 'DOWN'] };

/** The TCK's schema: no further members at the root, any inside a check, only plain values in `data`. */
export const matchesSchema = new Ajv().compile({
  type: 'object',
  required: ['status', 'checks'],
  additionalProperties: false,
  properties: {
    status: STATUS,
    checks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'status'],
        properties: {
          name: { type: 'string' },
          status: STATUS,
          data: {
            type: 'object',
            additionalProperties: { anyOf: ['string', 'boolean', 'number'].map((type) => ({ type })) },
          },
        },
      },
    },
  },
});

function parseStatus(status: unknown): 'UP' | 'DOWN' {
  if (status !== 'UP' && status !== 'DOWN') throw new TypeError(`${String(status)} is no status`);
  return status;
}

function refuse(further: object): void {
  const members = Object.keys(further);
  if (members.length > 0) throw new TypeError(`${members.join(', ')} is not known`);
}

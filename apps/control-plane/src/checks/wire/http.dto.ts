import {
  canParseUrl,
  HTTP_METHODS,
  type HttpMethod,
  type BodyCondition,
  type HttpTarget,
} from '@vitals/core/check';
import { DEFAULT_MAX_BODY_BYTES, MAX_MAX_BODY_BYTES, MIN_MAX_BODY_BYTES } from '@vitals/core/content';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn } from 'class-validator';
import { isRecord, Member, Nested, OptionalMember, Part, Rule } from '../../http/members.js';
import * as s from '../../http/schema.js';
import * as rules from './http.rules.js';
import { isUnverified, secureBody, secureOf, TlsDto } from './tls.dto.js';

s.enumeration('HttpMethod', HTTP_METHODS);

const HEALTHY = [{ first: 200, last: 299 }];

/** The longest text that a body is searched for, in characters. */
const MAX_SOUGHT = 1_024;

const CONDITIONS = ['body_contains', 'body_lacks', 'body_json'] as const;

/** A text that a body has to have, or to lack. */
function SoughtText(own: (typeof CONDITIONS)[number], said: string): PropertyDecorator {
  return OptionalMember(
    s.text(said, { maxLength: MAX_SOUGHT, minLength: 1 }),
    Rule((value, beside: HttpTargetDto) => {
      const isSought = typeof value === 'string' && value.length >= 1 && value.length <= MAX_SOUGHT;
      return isSought ? conditionFault(own, beside) : `must be text of 1 to ${MAX_SOUGHT} characters`;
    }),
  );
}

/** A member of a JSON document, and what it has to be. */
@Part('Healthy only if this member of a JSON body has this value.')
export class BodyJsonDto {
  @Member(
    s.text('JSON Pointer (RFC 6901).', { maxLength: 256, examples: ['/status'] }),
    Rule(rules.pointerFault),
  )
  pointer!: string;

  @Member(
    { type: ['string', 'number', 'boolean', 'null'], description: 'What the member has to be.' },
    Rule((value) => {
      const isText = typeof value === 'string' && value.length <= MAX_SOUGHT;
      if (isText || value === null || typeof value === 'boolean' || Number.isFinite(value)) return undefined;
      return `must be text of at most ${MAX_SOUGHT} characters, a number, true, false or null`;
    }),
  )
  value!: string | number | boolean | null;
}

/** An HTTP request, and the answers to it that are healthy. */
@Part('For the type http.')
export class HttpTargetDto extends TlsDto {
  static override lacksTls({ url }: HttpTargetDto): string | undefined {
    const isPlain = canParseUrl(url) && new URL(url).protocol === 'http:';
    return isPlain ? 'needs a URL that begins with https://: without TLS it means nothing' : undefined;
  }

  @Member(
    s.text('http: or https:, without credentials.', { format: 'uri', maxLength: rules.MAX_URL }),
    Rule(rules.urlFault),
  )
  url!: string;

  @OptionalMember({ default: 'GET' }, IsIn(HTTP_METHODS))
  method?: HttpMethod;

  @OptionalMember(
    {
      type: 'object',
      additionalProperties: { type: 'string' },
      maxProperties: rules.MAX_HEADERS,
      default: {},
      description:
        'Secrets belong here: answers show references (`env:VITALS_CHECK_SECRET_…`), of others `<redacted>`. Sent back in a PUT, that keeps a value while scheme, host, port remain.',
    },
    Transform(({ obj }: { obj: { headers?: unknown } }) => obj.headers),
    Rule(rules.headersFault),
  )
  headers?: Record<string, string>;

  @OptionalMember(
    s.text('At most 4096 bytes; not with GET or HEAD.', { maxLength: rules.MAX_BODY_BYTES }),
    Rule((value, { method }: HttpTargetDto) => rules.bodyFault(value, method)),
  )
  body?: string;

  @OptionalMember(
    {
      ...s.listOf(
        { type: ['integer', 'string'], minimum: 100, maximum: 599, pattern: '^[0-9]{3}(-[0-9]{3})?$' },
        'Healthy codes, and ranges of them.',
      ),
      minItems: 1,
      maxItems: rules.MAX_CODES,
      default: ['200-299'],
    },
    Rule(rules.codesFault),
  )
  expected_codes?: (string | number)[];

  @SoughtText('body_contains', 'Healthy only with this in the content of the body.')
  body_contains?: string;

  @SoughtText('body_lacks', 'Healthy only without it in all of the content.')
  body_lacks?: string;

  @OptionalMember(
    {},
    Rule((value, beside: HttpTargetDto) =>
      isRecord(value) ? conditionFault('body_json', beside) : 'must be an object with pointer and value',
    ),
    Nested(() => BodyJsonDto),
  )
  body_json?: BodyJsonDto;

  @OptionalMember(
    {
      type: ['integer', 'string'],
      minimum: MIN_MAX_BODY_BYTES,
      maximum: MAX_MAX_BODY_BYTES,
      default: DEFAULT_MAX_BODY_BYTES,
      description:
        'How much of the content of the body a condition reads: bytes, or text such as "256KiB". Answered in bytes.',
    },
    Rule(rules.maxBodyFault),
  )
  max_body?: number | string;

  @OptionalMember(
    { default: false, description: 'Takes any certificate; the same as verify: false.' },
    IsBoolean(),
  )
  tls_skip_verify?: boolean;
}

/** What is wrong with a condition on the body besides what it says: the body is not read, or judged twice. */
function conditionFault(own: (typeof CONDITIONS)[number], beside: HttpTargetDto): string | undefined {
  if (beside.method === 'HEAD') return 'cannot hold: HEAD is answered without a body';
  const other = CONDITIONS.find((name) => name !== own && beside[name] !== undefined);
  return other && `cannot stand beside ${other}; define a check for each`;
}

/**
 * What a check of HTTP that was read looks at. @param known what it looked at so far
 * @throws VitalsError `request-invalid` for a header or a key that is to go on saying what nobody knows
 */
export function httpOf(http: HttpTargetDto, known: HttpTarget | undefined): HttpTarget {
  const { method = 'GET', body, expected_codes: codes } = http;
  const { href: url, origin } = new URL(http.url);
  const isSameServer = known !== undefined && new URL(known.url).origin === origin;
  const expectedBody = conditionOf(http);
  const maxBodyBytes = rules.tryBytes(http.max_body) ?? DEFAULT_MAX_BODY_BYTES;
  return {
    kind: 'http',
    url,
    method,
    headers: rules.headersOf(http.headers ?? {}, known, isSameServer),
    ...(body !== undefined && { body }),
    expectedCodes: codes?.flatMap((code) => rules.tryCodes(code) ?? []) ?? HEALTHY,
    ...(expectedBody && { expectedBody }),
    ...(maxBodyBytes !== DEFAULT_MAX_BODY_BYTES && { maxBodyBytes }),
    tlsSkipVerify: isUnverified(http),
    ...secureOf(http, '/http', isSameServer ? known : undefined),
  };
}

function conditionOf({ body_contains, body_lacks, body_json }: HttpTargetDto): BodyCondition | undefined {
  if (body_contains !== undefined) return { kind: 'contains', text: body_contains };
  if (body_lacks !== undefined) return { kind: 'lacks', text: body_lacks };
  return body_json && { kind: 'json', pointer: body_json.pointer, value: body_json.value };
}

/** A target of HTTP as it is sent, all of it said; but for its secrets, of which references alone are shown. */
export function httpBody(target: HttpTarget): HttpTargetDto {
  const { url, method, headers, body, expectedCodes, expectedBody, tlsSkipVerify } = target;
  const shown = Object.entries(headers).map(([name, value]) => [name, rules.shownSecret(value)]);
  return {
    url,
    method,
    headers: Object.fromEntries(shown),
    ...(body !== undefined && { body }),
    expected_codes: expectedCodes.map(rules.codesBody),
    ...(expectedBody && conditionBody(expectedBody)),
    max_body: target.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    tls_skip_verify: tlsSkipVerify,
    ...secureBody(target),
  };
}

function conditionBody({ kind, ...said }: BodyCondition): Partial<HttpTargetDto> {
  return 'text' in said ? { [`body_${kind}`]: said.text } : { body_json: said };
}

import {
  canParseUrl,
  HTTP_METHODS,
  type HttpMethod,
  type BodyCondition,
  type CodeRange,
  type HttpTarget,
} from '@vitals/core/check';
import { DEFAULT_MAX_BODY_BYTES, MAX_MAX_BODY_BYTES, MIN_MAX_BODY_BYTES } from '@vitals/core/content';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn } from 'class-validator';
import { isRecord, Member, Nested, OptionalMember, Part, Rule } from '../../http/members.js';
import * as s from '../../http/schema.js';
import {
  bodyFault,
  codesFault,
  headersFault,
  headersOf,
  MAX_BODY_BYTES,
  MAX_CODES,
  MAX_HEADERS,
  MAX_SOUGHT,
  MAX_URL,
  maxBodyFault,
  pointerFault,
  shownSecret,
  soughtFault,
  tryBytes,
  tryCodes,
  urlFault,
} from './http.rules.js';
import { isUnverified, secureBody, secureOf, TlsDto } from './tls.dto.js';

s.enumeration('HttpMethod', HTTP_METHODS);

const HEALTHY: readonly CodeRange[] = [{ first: 200, last: 299 }];

const CONDITIONS = ['body_contains', 'body_lacks', 'body_json'] as const;

/** A member of a JSON document, and what it has to be. */
@Part('Healthy only if this member of a JSON body has this value.')
export class BodyJsonDto {
  @Member(s.text('JSON Pointer (RFC 6901).', { maxLength: 256, examples: ['/status'] }), Rule(pointerFault))
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
    s.text('http: or https:, without credentials.', { format: 'uri', maxLength: MAX_URL }),
    Rule(urlFault),
  )
  url!: string;

  @OptionalMember({ default: 'GET' }, IsIn(HTTP_METHODS))
  method?: HttpMethod;

  @OptionalMember(
    {
      type: 'object',
      additionalProperties: { type: 'string' },
      maxProperties: MAX_HEADERS,
      default: {},
      description:
        'Secrets belong here: answers show references (`env:VITALS_CHECK_SECRET_…`), of others `<redacted>`. Sent back in a PUT, that keeps a value while scheme, host, port remain.',
    },
    Transform(({ obj }: { obj: { headers?: unknown } }) => obj.headers),
    Rule(headersFault),
  )
  headers?: Record<string, string>;

  @OptionalMember(
    s.text('At most 4096 bytes; not with GET or HEAD.', { maxLength: MAX_BODY_BYTES }),
    Rule((value, { method }: HttpTargetDto) => bodyFault(value, method)),
  )
  body?: string;

  @OptionalMember(
    {
      ...s.listOf(
        { type: ['integer', 'string'], minimum: 100, maximum: 599, pattern: '^[0-9]{3}(-[0-9]{3})?$' },
        'Healthy codes, and ranges of them.',
      ),
      minItems: 1,
      maxItems: MAX_CODES,
      default: ['200-299'],
    },
    Rule(codesFault),
  )
  expected_codes?: (string | number)[];

  @OptionalMember(
    s.text('Healthy only with this in the content of the body.', { maxLength: MAX_SOUGHT, minLength: 1 }),
    Rule((value, beside: HttpTargetDto) => soughtFault(value) ?? conditionFault('body_contains', beside)),
  )
  body_contains?: string;

  @OptionalMember(
    s.text('Healthy only without it in all of the content.', { maxLength: MAX_SOUGHT, minLength: 1 }),
    Rule((value, beside: HttpTargetDto) => soughtFault(value) ?? conditionFault('body_lacks', beside)),
  )
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
    Rule(maxBodyFault),
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
  const url = new URL(http.url).href;
  const expectedBody = conditionOf(http);
  const maxBodyBytes = tryBytes(http.max_body) ?? DEFAULT_MAX_BODY_BYTES;
  return {
    kind: 'http',
    url,
    method,
    headers: headersOf(http.headers ?? {}, url, known),
    ...(body !== undefined && { body }),
    expectedCodes: codes?.map((code) => tryCodes(code) as CodeRange) ?? HEALTHY,
    ...(expectedBody && { expectedBody }),
    ...(maxBodyBytes !== DEFAULT_MAX_BODY_BYTES && { maxBodyBytes }),
    tlsSkipVerify: isUnverified(http),
    ...secureOf(
      http,
      '/http',
      known && new URL(known.url).origin === new URL(url).origin ? known : undefined,
    ),
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
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = target;
  return {
    url,
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, shownSecret(value)])),
    ...(body !== undefined && { body }),
    expected_codes: expectedCodes.map(codesBody),
    ...(expectedBody && conditionBody(expectedBody)),
    max_body: maxBodyBytes,
    tls_skip_verify: tlsSkipVerify,
    ...secureBody(target),
  };
}

function codesBody({ first, last }: CodeRange): string | number {
  return first === last ? first : `${first}-${last}`;
}

function conditionBody(condition: BodyCondition): Partial<Pick<HttpTargetDto, (typeof CONDITIONS)[number]>> {
  if (condition.kind === 'contains') return { body_contains: condition.text };
  if (condition.kind === 'lacks') return { body_lacks: condition.text };
  return { body_json: { pointer: condition.pointer, value: condition.value } };
}

import { Ajv2020 } from 'ajv/dist/2020.js';

/** What any request may be answered before it is a call of the API. */
const BEFORE_ANY_CALL = [400, 404, 405, 408, 413, 414, 415, 417, 431];
const PROBLEM = 'application/problem+json; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

const FIELDS = ['type', 'title', 'detail', 'code'];
/** The library that serves health knows no codes. */
const PLAIN_FIELDS = ['type', 'title', 'detail'];
/** The registry refuses as light-4j does. */
const LIGHT = /^\/(services|ws)([/?]|$)/;
const LIGHT_FIELDS = ['code', 'message', 'description', 'severity'];

/** Judges what came back: nothing may fail inside, everything refused is told as a problem, as described. */
export class Judge {
  constructor(document) {
    this.ajv = new Ajv2020({ strict: false, validateFormats: false });
    this.ajv.addSchema({ $id: 'document', components: document.components });
    this.compiled = new Map();
    this.templates = Object.entries(document.paths).map(([template, calls]) => ({
      calls,
      parts: template.split('/'),
    }));
  }

  /** What is wrong with an outcome, in words; `undefined` if nothing is. */
  fault(call, outcome) {
    if (outcome.hung) return 'no answer in time';
    if (outcome.cut) return undefined;
    if (outcome.closed) return mayClose(call) ? undefined : `the connection ended (${outcome.why})`;
    const { status, headers, text } = outcome;
    const described = this.described(call);
    const answer = described?.responses[status];
    const isHealth = this.callsAt(call.path)?.get?.tags[0] === 'Health';
    if (status >= 500 && !(status === 503 && headers['retry-after']) && !(isHealth && answer))
      return `status ${status}`;
    if (!answer && !BEFORE_ANY_CALL.includes(status) && described) return `status ${status} is not described`;
    if (!described && status < 400 && !/^\/(docs|openapi)/.test(call.path))
      return `${status} for what is not described`;
    if (call.method === 'HEAD' || (isHealth && answer)) return undefined;
    if (status >= 400 && LIGHT.test(call.path)) return lightFault(status, headers, text);
    if (status >= 400) return problemFault(status, headers, text, isHealth ? PLAIN_FIELDS : FIELDS);
    return answer?.content && this.bodyFault(answer.content, headers, text);
  }

  /** The operation that a path and a method are of, whatever was meant. */
  described({ method, path }) {
    const calls = this.callsAt(path);
    return calls?.[method.toLowerCase()] ?? (method === 'HEAD' ? calls?.get : undefined);
  }

  callsAt(path) {
    const segments = path
      .replace(/^http:\/\/[^/]*/, '')
      .split(/[?#]/, 1)[0]
      .split('/');
    const fits = ({ parts }) =>
      parts.length === segments.length &&
      parts.every((part, at) => (part.startsWith('{') ? segments[at] !== '' : part === segments[at]));
    const found = this.templates.filter(fits);
    return (found.find(({ parts }) => !parts.some((part) => part.startsWith('{'))) ?? found[0])?.calls;
  }

  bodyFault(content, headers, text) {
    const schema = content[String(headers['content-type']).split(';', 1)[0]]?.schema;
    if (!schema) return `media type ${headers['content-type']} is not described`;
    const known = this.compiled.get(schema);
    const validate =
      known ?? this.ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')));
    this.compiled.set(schema, validate);
    const body = json(text);
    return validate(body)
      ? undefined
      : `the answer is not as described: ${this.ajv.errorsText(validate.errors)}`;
  }
}

/** A body that never comes whole, and a tunnel that nobody offers, need no answer. */
function mayClose({ framing }) {
  return framing === 'half-closed';
}

function problemFault(status, headers, text, needed) {
  if (headers['content-type'] !== PROBLEM) return `${status} as ${headers['content-type'] ?? 'nothing'}`;
  const body = json(text);
  return memberFault(body, needed, status) ?? saysFault(body.status, status, headers);
}

function lightFault(status, headers, text) {
  // what is no HTTP has no path
  if (
    [400, 408, 431].includes(status) &&
    headers['connection'] === 'close' &&
    headers['content-type'] === PROBLEM
  )
    return problemFault(status, headers, text, FIELDS);
  if (headers['content-type'] !== JSON_TYPE) return `${status} as ${headers['content-type'] ?? 'nothing'}`;
  const body = json(text);
  return memberFault(body, LIGHT_FIELDS, status) ?? saysFault(body.statusCode, status, headers);
}

function memberFault(body, needed, status) {
  const fields = needed.filter((field) => typeof body?.[field] !== 'string' || body[field] === '');
  return fields.length > 0 ? `${status}: a problem without ${fields.join(', ')}` : undefined;
}

function saysFault(said, status, headers) {
  if (said !== status) return `${status}: a problem that says ${said}`;
  const needsRetry = (status === 429 || status === 503) && !headers['retry-after'];
  return needsRetry ? `${status} without Retry-After` : undefined;
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

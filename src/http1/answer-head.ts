/** An answer that breaks HTTP/1.1 in a way over which nobody can read; `message` tells a person how. */
export class AnswerFault extends Error {}

/** Where a body ends (RFC 9112 section 6.3). */
export type BodyEnd =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

/** The fields of an answer that say something about its body or its connection; lists are joined by commas. */
interface AnswerFields {
  'content-length'?: string;
  'content-type'?: string;
  'content-encoding'?: string;
  'transfer-encoding'?: string;
  connection?: string;
  'keep-alive'?: string;
}

/** The part of an answer before its body. */
export interface AnswerHead {
  readonly statusCode: number;
  readonly end: BodyEnd;
  /** Whether another request may follow on the connection once the body is over. */
  readonly keepsConnection: boolean;
  /** How long the server keeps the connection while nothing is asked, in milliseconds; `undefined` if it does not say. */
  readonly keepsForMs: number | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** Without the `chunked` that says where the body ends. */
  readonly transferEncoding: string | undefined;
}

/** Words may be further apart than they should be, and the reason may be missing: RFC 9112 section 4. */
const STATUS_LINE = /^HTTP\/(\d)\.(\d)[ \t]+(\d{3})(?:[ \t].*)?$/s;
/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const NOTHING: BodyEnd = { kind: 'length', bytes: 0 };

/**
 * Reads the lines of a head, each without the LF that ends it and with one character for a byte. Takes whatever a client
 * has to or may take of RFC 9112: any 1.x, lines that end in LF alone, folded lines, space before a colon, equal lengths
 * twice. After what is not as it should be the connection is not used again, so that nothing can hide behind it.
 * @throws AnswerFault
 */
export function readHead(lines: readonly string[], method: string): AnswerHead {
  const [first = '', ...rest] = lines.map(withoutCr);
  const status = STATUS_LINE.exec(first);
  if (!status) throw new AnswerFault(noHttp('it does not begin with HTTP/1.1 and a status code'));
  const [, major, minor, code] = status;
  if (major !== '1') throw new AnswerFault(noHttp(`it says that it is HTTP/${major}.${minor}`));
  const fields: AnswerFields = {};
  let isExact = lines.every((line) => line.endsWith('\r'));
  let last: keyof AnswerFields | undefined;
  for (const line of rest) {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      // RFC 9112 sections 2.2 and 5.2: a folded line goes on; before the first field it says nothing
      isExact = false;
      if (last) fields[last] += ` ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trimEnd();
    if (!TOKEN.test(name)) throw new AnswerFault(noHttp('a line of its head is not a header'));
    if (name.length !== colon) isExact = false;
    last = add(fields, name.toLowerCase(), line.slice(colon + 1).trim());
  }
  return headOf(Number(code), Number(minor), method, fields, isExact);
}

function withoutCr(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (text.includes('\r')) throw new AnswerFault(noHttp('a CR stands in the middle of a line'));
  return text;
}

function add(fields: AnswerFields, name: string, value: string): keyof AnswerFields | undefined {
  switch (name) {
    case 'content-type':
      fields[name] = value;
      return name;
    case 'content-length':
    case 'content-encoding':
    case 'transfer-encoding':
    case 'connection':
    case 'keep-alive':
      fields[name] = fields[name] === undefined ? value : `${fields[name]}, ${value}`;
      return name;
    default:
      return undefined;
  }
}

function headOf(
  statusCode: number,
  minor: number,
  method: string,
  fields: AnswerFields,
  isExact: boolean,
): AnswerHead {
  const length = fields['content-length'];
  const transfer = listOf(fields['transfer-encoding']).filter((coding) => coding !== 'identity');
  const isChunked = transfer.at(-1) === 'chunked';
  const connection = listOf(fields.connection);
  const hasNoBody = method === 'HEAD' || statusCode < 200 || statusCode === 204 || statusCode === 304;
  const end = hasNoBody ? NOTHING : endOf(transfer, isChunked, length);
  // RFC 9112 sections 6.1 and 6.3: the framing of such an answer is not to be trusted any further
  const isDoubtful = transfer.length > 0 && (minor === 0 || length !== undefined);
  const isPersistent = minor > 0 ? !connection.includes('close') : connection.includes('keep-alive');
  const keepsFor = /(?:^|[\s,])timeout\s*=\s*"?(\d{1,9})/i.exec(fields['keep-alive'] ?? '')?.[1];
  return {
    statusCode,
    end,
    keepsConnection: isPersistent && isExact && !isDoubtful && end.kind !== 'close',
    keepsForMs: keepsFor === undefined ? undefined : Number(keepsFor) * 1_000,
    contentType: fields['content-type'],
    contentEncoding: fields['content-encoding'],
    transferEncoding: (isChunked ? transfer.slice(0, -1) : transfer).join(', ') || undefined,
  };
}

function endOf(transfer: readonly string[], isChunked: boolean, length: string | undefined): BodyEnd {
  if (transfer.length > 0) return { kind: isChunked ? 'chunked' : 'close' };
  if (length === undefined) return { kind: 'close' };
  const [first = '', ...others] = length.split(',').map((one) => one.trim());
  if (!/^\d+$/.test(first) || others.some((other) => other !== first))
    throw new AnswerFault(noHttp(`its length is ${JSON.stringify(length.slice(0, 32))}`));
  return { kind: 'length', bytes: Number(first) };
}

/** The words of a field that is a list, in lower case, without their parameters. */
function listOf(field: string | undefined): string[] {
  if (field === undefined) return [];
  const words = field.split(',').map((word) => word.replace(/;.*/s, '').trim().toLowerCase());
  return words.filter((word) => word !== '');
}

/** That an answer is no HTTP/1.1, and why. */
export function noHttp(why: string): string {
  return `the answer does not match the HTTP/1.1 protocol: ${why}`;
}

import { tlsFault } from '@vitals/core/check';
import type { Problem } from '../http/problem-details.js';
import type { ControlPlaneAddress } from './command-line.js';

/** More than any answer of a control plane, in bytes: whoever else answers must not fill the memory. */
const MAX_ANSWER = 64 * 1024 * 1024;
/** Problem texts longer than this are cut. */
const MAX_DETAIL = 1_000;

/** The members of an object of JSON, not validated yet. */
export type Members = Readonly<Record<string, unknown>>;

/** An answer in JSON; `problem` is set if it has the form that a control plane gives its errors. */
export interface ControlPlaneAnswer {
  readonly status: number;
  readonly body: Members;
  readonly problem: (Pick<Problem, 'code' | 'detail'> & { readonly errors?: unknown }) | undefined;
}

/** Nobody answered; `isRefused` if nothing listens at the address. */
export class UnansweredError extends Error {
  readonly isRefused: boolean;

  constructor(controlPlane: string, error: unknown) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    const why = tlsFault(cause) ?? cause?.code ?? cause?.message ?? message;
    super(`${controlPlane} does not answer: ${why}; is it the control plane?`);
    this.isRefused = cause?.code === 'ECONNREFUSED';
  }
}

/**
 * The HTTP API of a control plane, for commands. Follows no redirect, for that would carry the document and the token
 * elsewhere, and accepts as an answer only what has the form of one.
 */
export class ControlPlaneClient {
  private readonly origin: string;

  constructor(private readonly address: ControlPlaneAddress) {
    this.origin = address.controlPlane.replace(/\/+$/, '');
  }

  /**
   * Sends a document.
   * @param patienceMs milliseconds that the control plane may take
   * @throws UnansweredError, or Error that says why the answer is not one of a control plane
   */
  async post(path: string, document: unknown, patienceMs: number): Promise<ControlPlaneAnswer> {
    const { controlPlane, token } = this.address;
    try {
      const response = await fetch(`${this.origin}${path}`, {
        method: 'POST',
        headers: {
          accept: 'application/json, application/problem+json',
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(document),
        redirect: 'manual',
        signal: AbortSignal.timeout(patienceMs),
      });
      return this.read(response, await readText(response));
    } catch (error) {
      throw error instanceof ForeignError ? error : new UnansweredError(controlPlane, error);
    }
  }

  /** The error for an answer that has another form than expected. */
  foreign(status: number, why: string): Error {
    const answered = `${this.address.controlPlane} answered ${status}`;
    return new ForeignError(`${answered}: that is not a control plane, or an older one: ${why}`);
  }

  /** The error for an answer that is not the one that was asked for: a problem, or of another form. */
  refusal({ status, problem }: ControlPlaneAnswer, expected: string): Error {
    if (!problem) return this.foreign(status, `its JSON is not ${expected}`);
    const { code, detail } = problem;
    const isAboutToken = code === 'unauthenticated' || code === 'forbidden';
    const advice = isAboutToken ? `; give an administrator's with --token or VITALS_ADMIN_TOKEN` : '';
    const answered = `${this.address.controlPlane} answered ${status}`;
    return new Error(`${answered}: ${detail.slice(0, MAX_DETAIL)}${advice}`);
  }

  private read({ status, headers }: Response, text: string): ControlPlaneAnswer {
    if (status >= 300 && status < 400)
      throw this.foreign(status, 'it is a redirect; redirects are not followed');
    const mediaType = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
    const body = readMembers(text);
    if (mediaType === 'application/json') return { status, body, problem: undefined };
    if (mediaType !== 'application/problem+json')
      throw this.foreign(status, mediaType ? `its content-type is ${mediaType}` : 'it has no content-type');
    const { type, code, detail, errors } = body;
    const isOurs = type === undefined || type === `urn:vitals:problem:${String(code)}`;
    if (!isOurs || typeof code !== 'string' || typeof detail !== 'string')
      throw this.foreign(status, 'it is a problem of something else');
    return { status, body, problem: { code, detail, errors } };
  }
}

class ForeignError extends Error {}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER) throw new Error(`its answer is longer than ${MAX_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readMembers(text: string): Members {
  try {
    return Object(JSON.parse(text)) as Members;
  } catch {
    return {};
  }
}

import { tlsFault } from '@vitals/core/check';
import type { FieldFault } from '@vitals/core/errors';
import { MAX_FAULTS } from '../../http/problem.js';
import type { PlanBody } from '../planning/plan.js';
import type { PlanArguments } from './plan.arguments.js';
import { isFaults, isPlan } from './plan.answer.js';

/** How long the control plane may take, in milliseconds: it looks at every entry. */
const PATIENCE_MS = 60_000;

/** More than the plan of the largest document, in bytes: whoever else answers must not fill the memory. */
const MAX_ANSWER = 64 * 1024 * 1024;

/** Problem texts longer than this are cut. */
const MAX_DETAIL = 1_000;

/** What the control plane says of a document: the plan, or what is wrong with it. */
export type PlanAnswer = { readonly plan: PlanBody } | { readonly faults: readonly FieldFault[] };

/**
 * Asks a control plane what a document would change. Follows no redirect, for that would carry the document and the
 * token elsewhere, and takes nothing for a plan, or for a fault, but what a control plane says in its own form.
 * @throws Error in words, if there is no answer to that
 */
export async function requestPlan(
  document: unknown,
  { controlPlane, token }: Pick<PlanArguments, 'controlPlane' | 'token'>,
): Promise<PlanAnswer> {
  const url = `${controlPlane.replace(/\/+$/, '')}/declarations/plan`;
  const unanswered = (error: unknown): never => {
    throw new Error(`${controlPlane} does not answer: ${causeOf(error)}; is it the control plane?`);
  };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/json, application/problem+json',
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(document),
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(unanswered);
  const text = await readText(response).catch(unanswered);
  return read(response, text, controlPlane);
}

function read({ status, headers }: Response, text: string, controlPlane: string): PlanAnswer {
  const foreign = (what: string): Error =>
    new Error(`${controlPlane} answered ${status}: that is not a control plane, or an older one: ${what}`);
  if (status >= 300 && status < 400) throw foreign('it is a redirect; redirects are not followed');
  const type = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const body = readObject(text);
  if (status === 200 && type === 'application/json') {
    if (isPlan(body)) return { plan: body };
    throw foreign('its JSON is not a plan');
  }
  const { type: named, code, detail, errors } = body ?? {};
  if (type !== 'application/problem+json') {
    throw foreign(type ? `its content-type is ${type}` : 'it has no content-type');
  }
  const isNamed = named === undefined || named === `urn:vitals:problem:${String(code)}`;
  if (!isNamed || typeof code !== 'string' || typeof detail !== 'string') {
    throw foreign('it is a problem of something else');
  }
  if (status === 422 && isFaults(errors)) return { faults: errors.slice(0, MAX_FAULTS) };
  const isAboutToken = code === 'unauthenticated' || code === 'forbidden';
  const advice = isAboutToken ? `; give an administrator's with --token or VITALS_ADMIN_TOKEN` : '';
  throw new Error(`${controlPlane} answered ${status}: ${detail.slice(0, MAX_DETAIL)}${advice}`);
}

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

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return tlsFault(cause) ?? cause?.code ?? cause?.message ?? message;
}

import type { FieldFault } from '@vitals/core/errors';
import type { Problem } from '../../http/problem.js';
import type { PlanBody } from '../planning/plan.js';
import type { PlanArguments } from './plan.arguments.js';

/** How long the control plane may take, in milliseconds: it looks at every entry. */
const PATIENCE_MS = 60_000;

/** What the control plane says of a document: the plan, or what is wrong with it. */
export type PlanAnswer = { readonly plan: PlanBody } | { readonly faults: readonly FieldFault[] };

/** Asks a control plane what a document would change. @throws Error in words, if there is no answer to that */
export async function requestPlan(
  document: unknown,
  { controlPlane, token }: Pick<PlanArguments, 'controlPlane' | 'token'>,
): Promise<PlanAnswer> {
  const url = `${controlPlane.replace(/\/+$/, '')}/declarations/plan`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(document),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    throw new Error(`${controlPlane} does not answer: ${causeOf(error)}; is it the control plane?`);
  });
  const body = (await response.json().catch(() => undefined)) as unknown;
  if (response.ok && isPlan(body)) return { plan: body };
  const { detail, errors } = (body ?? {}) as Partial<Problem>;
  if (response.status === 422 && errors && errors.length > 0) return { faults: errors };
  if (response.status === 401 || response.status === 403) {
    throw new Error(
      `${controlPlane}: ${detail ?? response.status}; give an administrator's with --token or VITALS_ADMIN_TOKEN`,
    );
  }
  throw new Error(
    `${controlPlane} answered ${response.status}: ${detail ?? 'that is no control plane, or an older one'}`,
  );
}

function isPlan(body: unknown): body is PlanBody {
  const { create, change, remove, kept } = (body ?? {}) as Partial<PlanBody>;
  return [create, change, remove, kept].every((list) => Array.isArray(list));
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}

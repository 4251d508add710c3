import { Injectable } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { type CheckDefinition, type CheckTarget, placeText, secretsOf } from '@vitals/core/check';
import { definedBody, definitionOf } from '../checks/wire/check.body.js';
import { REDACTED } from '../checks/wire/http.rules.js';
import { CheckService } from '../checks/check.service.js';
import { CheckDirectory } from '../checks/check.directory.js';
import { TargetPolicy } from '../outbound/guard/target.policy.js';
import { isReference } from '../settings/secret-settings.js';
import { type DeclaredCheck, levelsOf } from './reading/read-declarations.js';
import { differences, type Draft, type FieldChange } from './plan.js';

/** Plans what becomes of checks: those that were declared before are the file's, all others are not touched. */
@Injectable()
export class CheckPlanner {
  constructor(
    private readonly directory: CheckDirectory,
    private readonly checks: CheckService,
    private readonly targets: TargetPolicy,
  ) {}

  /** Removals come first, and parents before those that depend on them. */
  plan(declared: readonly DeclaredCheck[], draft: Draft): void {
    const ids = new Set(declared.map(({ id }) => id));
    const gone = [...this.directory.all()].filter(({ id, source }) => source === 'file' && !ids.has(id));
    draft.remove.push(...gone.map(({ id }) => ({ kind: 'check' as const, id })));
    draft.stages.push(gone.map(({ id }) => this.checks.remove.bind(this.checks, id, 'file')));
    for (const level of levelsOf(declared)) {
      const planned = level.filter((check) => this.planOne(check, draft));
      draft.stages.push(planned.map((check) => () => this.define(check)));
    }
  }

  private define(check: DeclaredCheck): Promise<unknown> {
    return this.checks.define(check.id, (known) => declaredDefinition(check, known?.definition), 'file');
  }

  /** Whether it has to be defined. */
  private planOne(check: DeclaredCheck, draft: Draft): boolean {
    const { id, pointer } = check;
    const known = this.directory.find(id);
    if (known && known.source !== 'file') {
      draft.faults.push({ pointer: `${pointer}/id`, detail: conflict(id, known.source) });
      return false;
    }
    try {
      const definition = declaredDefinition(check, known?.definition);
      const { target } = definition;
      const fault = target.kind === 'ttl' ? undefined : this.targets.faultOf(target);
      if (fault) draft.faults.push({ ...fault, pointer: pointer + fault.pointer });
      if (!known) draft.create.push({ kind: 'check', id, summary: summaryOf(definition) });
      const fields = known ? changesOf(known.definition, definition) : [];
      if (fields.length > 0) draft.change.push({ kind: 'check', id, fields });
      if (!known || fields.length > 0) return true;
      draft.unchanged++;
    } catch (error) {
      if (!(error instanceof VitalsError)) throw error;
      draft.faults.push(...error.faults.map((fault) => ({ ...fault, pointer: pointer + fault.pointer })));
    }
    return false;
  }
}

/**
 * The definition of a declared check. It stays paused, or not, unless the file says which; a file says its headers in
 * full, for it may have to define them where nothing is known.
 * @throws VitalsError `request-invalid` for a header that is not said
 */
function declaredDefinition({ id, body }: DeclaredCheck, known?: CheckDefinition): CheckDefinition {
  return { ...definitionOf(body, id), paused: body.paused ?? known?.paused ?? false };
}

function changesOf(known: CheckDefinition, next: CheckDefinition): FieldChange[] {
  return [...differences(definedBody(known), definedBody(next)), ...secretChanges(known.target, next.target)];
}

/** Secrets that are kept, with another value, which is not shown. References are compared as they are. */
function secretChanges(from: CheckTarget, to: CheckTarget): FieldChange[] {
  if (from.kind !== to.kind) return [];
  const before = new Map(secretsOf(from).map(({ pointer, value }) => [pointer, value]));
  return secretsOf(to)
    .filter(({ pointer, value }) => before.has(pointer) && before.get(pointer) !== value)
    .filter(({ pointer, value }) => !isReference(before.get(pointer)) && !isReference(value))
    .map(({ pointer }) => ({ pointer: `/${to.kind}${pointer}`, from: REDACTED, to: REDACTED }));
}

function summaryOf(definition: CheckDefinition): string {
  const { target } = definition;
  const { interval } = definedBody(definition);
  switch (target.kind) {
    case 'ttl':
      return `ttl, a pass at least every ${interval}`;
    case 'http': {
      // what comes after the path may be a secret
      const { origin, pathname } = new URL(target.url);
      return `http ${target.method} ${origin}${pathname} every ${interval}`;
    }
    case 'tcp':
    case 'tls':
    case 'grpc':
      return `${target.kind} ${placeText(target.host, target.port)} every ${interval}`;
    case 'dns': {
      const server = target.server ? ` at ${placeText(target.server.host, target.server.port)}` : '';
      return `dns ${target.record} ${target.name}${server} every ${interval}`;
    }
    default:
      return target satisfies never;
  }
}

function conflict(id: string, source: 'service' | 'api'): string {
  if (source === 'service') return `${id} is the check of a registered service; choose another id`;
  return `${id} was defined through the API; remove it first (DELETE /checks/${id}), or choose another id`;
}

import { IsBoolean, IsIn } from 'class-validator';
import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { answerOf, type JsonText, objectParts, valuePart } from '../../http/json-answer.js';
import { LIGHT_OK, type LightStatus, LightStatusBody } from '../../http/light.error.js';
import { Member, OptionalMember, Text, Whole } from '../../http/members.js';
import { chapter, WRITING } from '../../http/operation.js';
import { invalid } from '../../http/validation.js';
import { Allow } from '../../security/access.guard.js';
import { IfSet } from '../../services/service.dto.js';
import type { ServiceInstance } from '../../services/service.instance.js';
import { ServiceDirectory } from '../../services/service.directory.js';
import { ServiceRegistry } from '../../services/service.registry.js';
import type { Check } from '../check.js';
import { CheckDirectory } from '../check.directory.js';
import { CheckService } from '../check.service.js';
import { CheckView } from '../wire/check.body.js';
import { LightCheckBody, lightCheckBody, LightChecksBody } from './light-check.view.js';

/** The longest id that is read, in characters: longer than that of any node can be. */
const MAX_CHECK_ID = 1_024;

/** What a service says of itself. */
export class PassDto {
  @Member(
    '`serviceId:protocol:address:port`, with a tag `serviceId|tag:…`; the protocol may be left out.',
    Text(1, MAX_CHECK_ID),
  )
  id!: string;

  @Member('Whether it is well.', IsBoolean())
  pass!: boolean;

  /** Sent by stock clients. */
  @Member('Ignored: the registered one applies.', IfSet(), Whole(0, Number.MAX_SAFE_INTEGER))
  checkInterval?: number | null;
}

/** Which checks are asked for. */
export class LightChecksQuery {
  @OptionalMember(
    '`true`, or empty: only those without a timely result or report.',
    IsIn(['true', 'false', '']),
  )
  stale?: string;
}

/** The checks of light-controller's registry, path for path; only those of registered services. */
@Controller('services/check')
export class LightChecksController {
  constructor(
    private readonly services: ServiceDirectory,
    private readonly registry: ServiceRegistry,
    private readonly directory: CheckDirectory,
    private readonly checks: CheckService,
    private readonly view: CheckView,
  ) {}

  /**
   * Takes what a service says of itself. It counts for a TTL only: where the control plane looks itself, a service
   * that believes itself well must not hide what is found. Stock clients may send it for both, so both are taken.
   * A pass of a service that was removed because it failed restores it: they never register again.
   */
  @Put()
  @Allow('serve')
  async passServiceCheck(@Body() { id, pass }: PassDto): Promise<LightStatus> {
    if (pass && !this.services.find(id) && (await this.registry.restore(id))) return LIGHT_OK;
    const { check } = this.find(id);
    const message = pass ? 'reported as passing' : 'reported as failing';
    await this.checks.report(check.id, { outcome: pass ? 'success' : 'failure', message }, () => {
      // it may have been removed, or registered in another way, while that was awaited
      const { check: now } = this.find(check.id);
      return now.isTtl ? now : undefined;
    });
    return LIGHT_OK;
  }

  @Get()
  @Allow('discover')
  listServiceChecks(@Query() { stale = 'false' }: LightChecksQuery): JsonText<LightChecksBody> {
    const checks = this.directory.list();
    const parts = objectParts(checks, (check) => {
      if (!check.service || check.removed || (stale !== 'false' && !this.view.isStale(check)))
        return undefined;
      return [check.id, valuePart(lightCheckBody(check, check.service, this.view.isStale(check)))];
    });
    return answerOf<LightChecksBody>(parts, checks.length);
  }

  @Get(':id')
  @Allow('discover')
  readServiceCheck(@Param('id') id: string): LightCheckBody {
    const { check, service } = this.find(id);
    return lightCheckBody(check, service, this.view.isStale(check));
  }

  /** @throws VitalsError `service-not-found`, upon which stock clients register again; `request-invalid` */
  private find(id: string): { readonly check: Check; readonly service: ServiceInstance } {
    if (id.length > MAX_CHECK_ID) {
      throw invalid([{ pointer: '/id', detail: `must be at most ${MAX_CHECK_ID} characters` }]);
    }
    const service = this.services.find(id);
    const check = service && this.directory.find(service.id);
    if (service && check) return { check, service };
    const why = service ? 'is registered without a check' : 'is not registered';
    throw new VitalsError('service-not-found', `Object health check not found for key ${id}: it ${why}.`);
  }
}

chapter('Services', LightChecksController, {
  passServiceCheck: {
    summary: 'Reports the heartbeat of a service',
    description:
      'A pass clears a failure, `false` is a failure immediately, and so is no heartbeat for longer than the interval. It counts for a TTL only: a service with a `healthPath` is probed, and cannot pass itself; its heartbeats are accepted and have no effect. A pass of a node that was removed because it failed, less than a day ago, restores it as it was: Passing, or if it is probed, Pending until its first probe. After 404 a service has to register again.',
    answers: { 200: ['It was accepted.', LightStatusBody] },
    refusals: ['service-not-found', ...WRITING],
  },
  listServiceChecks: {
    summary: 'Reads the checks of all services, by id',
    description:
      'A check is stale if its result or report is overdue: a TTL after its interval; any other check when no run has ended within the sum of its current interval, its defined interval, and its timeout. A paused check is stale, too.',
    answers: { 200: ['All of them, or the stale ones.', LightChecksBody] },
  },
  readServiceCheck: {
    summary: 'Reads the check of a service',
    description: 'The id is percent-encoded, and may leave out the protocol.',
    answers: { 200: ['The check.', LightCheckBody] },
    refusals: ['service-not-found', 'request-invalid'],
  },
});

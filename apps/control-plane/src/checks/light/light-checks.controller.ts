import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { answerOf, objectParts, valuePart } from '../../http/answers/json-parts.js';
import type { JsonStream } from '../../http/answers/json-stream.js';
import type { JsonText } from '../../http/answers/json-text.js';
import { LIGHT_OK, type LightStatus } from '../../http/light.error.js';
import { invalid } from '../../http/validation.js';
import { Allow } from '../../security/access.guard.js';
import type { ServiceInstance } from '../../services/service.instance.js';
import { ServiceDirectory } from '../../services/service.directory.js';
import { ServiceRegistry } from '../../services/service.registry.js';
import type { Check } from '../check.js';
import { CheckDirectory } from '../check.directory.js';
import { CheckService } from '../check.service.js';
import { LightChecksQuery, MAX_CHECK_ID, PassDto } from './light-check.dto.js';
import { type LightCheckBody, LightCheckView } from './light-check.view.js';

/** The checks of all services, by id. */
export type LightChecks = Readonly<Record<string, LightCheckBody>>;

/** The checks of light-controller's registry, path for path; only those of registered services. */
@Controller('services/check')
export class LightChecksController {
  constructor(
    private readonly services: ServiceDirectory,
    private readonly registry: ServiceRegistry,
    private readonly directory: CheckDirectory,
    private readonly checks: CheckService,
    private readonly view: LightCheckView,
  ) {}

  /**
   * Takes what a service says of itself. It counts for a TTL only: where the control plane looks itself, a service
   * that believes itself well must not hide what is found. Stock clients may send it for both, so both are taken.
   * A pass of a service that was removed because it failed restores it: they never register again.
   */
  @Put()
  @Allow('serve')
  async tell(@Body() { id, pass }: PassDto): Promise<LightStatus> {
    if (pass && !this.services.find(id) && (await this.registry.restore(id))) return LIGHT_OK;
    const { check } = this.find(id);
    const outcome = pass ? 'success' : 'failure';
    if (check.isTtl)
      this.checks.report(check.id, {
        outcome,
        message: pass ? 'reported as passing' : 'reported as failing',
      });
    return LIGHT_OK;
  }

  @Get()
  @Allow('discover')
  list(@Query() { stale = 'false' }: LightChecksQuery): JsonText<LightChecks> | JsonStream<LightChecks> {
    const checks = this.directory.list();
    const parts = objectParts(checks, (check) => {
      if (!check.service || check.removed || (stale !== 'false' && !this.view.isStale(check)))
        return undefined;
      return [check.id, valuePart(this.view.body(check, check.service))];
    });
    return answerOf<LightChecks>(parts, checks.length);
  }

  @Get(':id')
  @Allow('discover')
  read(@Param('id') id: string): LightCheckBody {
    const { check, service } = this.find(id);
    return this.view.body(check, service);
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

import { Controller, Get, Inject, type ModuleMetadata } from '@nestjs/common';
import {
  HealthCheck,
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorFunction,
  TerminusModule,
} from '@nestjs/terminus';
import { serve } from '../../libs/health/test/health-app.js';

/** Members of an answer of either library; which of them are there depends on who answers. */
type Answer = Record<string, Record<string, unknown>> & { readonly checks: Record<string, unknown>[] };

const FUNCTIONS = Symbol('functions');

/** A health endpoint as the documentation of terminus has it. */
@Controller()
class TerminusController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(FUNCTIONS) private readonly functions: HealthIndicatorFunction[],
  ) {}

  @Get('terminus')
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check(this.functions);
  }
}

/** One app with both libraries: `/terminus` asks `functions`, `/health` asks the checks of `metadata`. */
export async function deployBoth(functions: (() => unknown)[], metadata: ModuleMetadata = {}) {
  const { app, ask } = await serve({
    imports: [TerminusModule.forRoot({ logger: false }), ...(metadata.imports ?? [])],
    controllers: [TerminusController],
    providers: [{ provide: FUNCTIONS, useValue: functions }, ...(metadata.providers ?? [])],
  });
  const read = async (path: string) => {
    const { status, body } = await ask(path);
    return { status, body, json: JSON.parse(body) as Answer };
  };
  return { app, terminus: () => read('/terminus'), vitals: (path = '/health') => read(path) };
}

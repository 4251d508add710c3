import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  type Check,
  type CheckResult,
  chooseFormat,
  type HealthDetail,
  type HealthFormat,
  type HealthKind,
  type HealthReport,
  notAcceptable,
  problemAnswer,
  summarise,
  type WireAnswer,
} from '@vitals/core/health';
import { type CheckSelector, HealthRegistry } from '../discovery/health.registry.js';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { HealthService, type NamedChecks } from '../health.service.js';
import { DetailPolicy } from './detail.policy.js';
import type { HealthRequest } from './health.access.js';
import { ReportWriter } from './report.writer.js';

const NO_QUERY = new URLSearchParams();

/** At once, unless a check is still running. */
type Soon<T> = T | Promise<T>;

/** What is asked, and how it is answered unless the request says otherwise. */
interface Asked {
  readonly checks: readonly Check[];
  /** `undefined` for single checks, which do not depend on whether the app takes work. */
  readonly selector?: CheckSelector;
  readonly fallback?: HealthFormat;
  /** What the `text` format calls the whole. */
  readonly title?: string;
  /** The report of these of `checks`, where none is run for it. */
  readonly known?: (checks: readonly Check[]) => HealthReport;
  /** Default as the policy decides. */
  readonly detail?: HealthDetail;
}

/** How Kubernetes' API server calls the endpoint for a kind. */
const TITLES: Readonly<Partial<Record<HealthKind, string>>> = {
  liveness: 'livez',
  readiness: 'readyz',
  startup: 'startupz',
};

/** Forms the answers about checks; what it forms is plain data. */
@Injectable()
export class HealthResponder {
  constructor(
    private readonly service: HealthService,
    private readonly registry: HealthRegistry,
    private readonly policy: DetailPolicy,
    private readonly writer: ReportWriter,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  /** All checks, or those of a kind. */
  health(request: HealthRequest, kind?: HealthKind): Soon<WireAnswer> {
    const title = kind && TITLES[kind];
    return this.answer(request, { checks: this.registry.select({ kind }), selector: { kind }, title });
  }

  /** The checks of one group; 404 if no check is in it. */
  group(request: HealthRequest): Soon<WireAnswer> {
    const group = request.params['name'] as string;
    const checks = this.registry.select({ group });
    if (checks.length === 0) return notFound(`there is no health group ${JSON.stringify(group)}`);
    return this.answer(request, { checks, selector: { group } });
  }

  /** The checks that a name means (`HealthService.named`); 404 if there is none. */
  check(request: HealthRequest): Soon<WireAnswer> {
    return this.named(request, {}, 'health');
  }

  /** The check that a route of the app is; 404 if it is switched off. Its identity is not told. */
  routeCheck(request: HealthRequest, id: string): Soon<WireAnswer> {
    const check = this.registry.get(id);
    if (!check) return notFound('the health check of this route is switched off');
    return this.answer(request, { checks: [check] });
  }

  /** The check of a route that could not be loaded: `DOWN`, under its declared name if it has one. */
  unloadedRoute(request: HealthRequest, method: string, name = method): Soon<WireAnswer> {
    const reason = `${method} was not loaded as a health check; declare it on a controller with the default scope`;
    return this.answer(request, { checks: [], known: () => this.service.failed(method, name, reason) });
  }

  /** `livez` and `readyz` of Kubernetes' API server: text, unless `?format=` asks for another format. */
  kubernetes(request: HealthRequest, kind: HealthKind): Soon<WireAnswer> {
    return this.answer(
      { ...request, accept: undefined },
      { checks: this.registry.select({ kind }), selector: { kind }, fallback: 'text', title: TITLES[kind] },
    );
  }

  /** The checks of `livez` or `readyz` that a name means; 404 if there is none of the kind. */
  kubernetesCheck(request: HealthRequest, kind: HealthKind): Soon<WireAnswer> {
    return this.named({ ...request, accept: undefined }, { kind }, kind, {
      fallback: 'text',
      title: TITLES[kind],
    });
  }

  /** Everything for Prometheus. */
  metrics(request: HealthRequest): Soon<WireAnswer> {
    const everything: Asked = { checks: this.registry.select(), selector: {}, fallback: 'prometheus' };
    return this.answer({ ...request, accept: undefined, query: NO_QUERY }, everything);
  }

  /** The answer for the checks that the parameter `name` means; who asks is found out while they are searched for. */
  private named(
    request: HealthRequest,
    selector: CheckSelector,
    what: string,
    asked: Partial<Asked> = {},
  ): Soon<WireAnswer> {
    const name = request.params['name'] as string;
    const answer = ({ checks, results }: NamedChecks, detail?: HealthDetail): Soon<WireAnswer> => {
      if (checks.length === 0) return notFound(`there is no ${what} check ${JSON.stringify(name)}`);
      const known =
        results &&
        ((some: readonly Check[]): HealthReport =>
          summarise(some.map((check) => results.get(check) as CheckResult)));
      return this.answer(request, { ...asked, checks, known, detail });
    };
    const found = this.service.named(name, selector, this.service.answerWithinMs);
    if (!(found instanceof Promise)) return answer(found);
    return Promise.all([found, this.policy.detailFor(request)]).then((both) => answer(...both));
  }

  private answer(request: HealthRequest, asked: Asked): Soon<WireAnswer> {
    const format = chooseFormat(
      request.query,
      request.accept,
      asked.fallback ?? this.options.format ?? 'microprofile',
    );
    if (!format) return notAcceptable();
    const { title = 'health' } = asked;
    const text = format === 'text' ? this.writer.readText(request.query, asked.checks, title) : undefined;
    const checks = text?.kept ?? asked.checks;
    const report =
      asked.known?.(checks) ?? this.service.reportOf(checks, asked.selector, this.service.answerWithinMs);
    const detail = asked.detail ?? this.policy.detailFor(request);
    const write = (formed: HealthReport, told: HealthDetail): WireAnswer =>
      this.writer.write(formed, format, told, text);
    if (report instanceof Promise || detail instanceof Promise) {
      return Promise.all([report, detail]).then(([formed, told]) =>
        write(this.service.asItIsNow(formed, asked.selector), told),
      );
    }
    return write(report, detail);
  }
}

/** 404, with what is not there. */
export function notFound(message: string): WireAnswer {
  return problemAnswer(404, 'Not Found', message);
}

import { Inject, Injectable, Optional } from '@nestjs/common';
import {
  type Check,
  excludeChecks,
  type Exclusion,
  type HealthDetail,
  type HealthFormat,
  healthJson,
  type HealthReport,
  isTarget,
  microProfile,
  mp0003,
  plainText,
  prometheus,
  spring,
  summarise,
  terminus,
  vitals,
  type WireAnswer,
} from '@vitals/core/health';
import { HealthRegistry } from '../discovery/health.registry.js';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../health.module-options.js';
import { CheckMonitor } from '../monitoring/check.monitor.js';

/** What the text format was asked for beside the checks. */
export interface TextRequest extends Exclusion<Check> {
  /** What it calls the whole. */
  readonly title: string;
  /** Names that were asked to be left out. */
  readonly names: readonly string[];
  readonly verbose: boolean;
}

/** Stands where a message is not to be told. */
export const WITHHELD = 'withheld';

/** Writes reports in every format. */
@Injectable()
export class ReportWriter {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly monitor: CheckMonitor,
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  /** Reads `?verbose` and `?exclude=`, and takes out of `checks` those that are known to be excluded. */
  readText(query: URLSearchParams, checks: readonly Check[], title: string): TextRequest {
    const names = query.getAll('exclude').filter((name) => name !== '');
    const exclusion = excludeChecks(checks, names, (check) => this.registry.reportedName(check));
    return { ...exclusion, title, names, verbose: query.has('verbose') };
  }

  /** Writes a report; `text` is there if that is the format. */
  write(given: HealthReport, format: HealthFormat, detail: HealthDetail, text?: TextRequest): WireAnswer {
    const report = this.options.messages === 'withheld' ? withoutMessages(given) : given;
    switch (format) {
      case 'microprofile':
        return microProfile(report, detail);
      case 'vitals':
        return vitals(report, detail);
      case 'mp-0003':
        return mp0003(report, detail);
      case 'health+json':
        return healthJson(report, detail, {
          serviceId: this.options.appId,
          releaseId: this.options.releaseId,
        });
      case 'terminus':
        return terminus(report, detail);
      case 'spring':
        return spring(report, detail);
      case 'text':
        return this.writeText(report, detail, text as TextRequest);
      case 'prometheus':
        return prometheus(report, detail, { checks: this.registry.select(), metrics: this.monitor.metrics });
    }
  }

  /** A check that reports another name than it is declared with is known by it once it has run. */
  private writeText(report: HealthReport, detail: HealthDetail, text: TextRequest): WireAnswer {
    const { title: name, names, verbose, excluded, unmatched } = text;
    if (names.length === 0) return plainText(report, { name, verbose, excluded, unmatched, detail });
    const late = excludeChecks(report.checks, names, (check) => check.name);
    // whether the app takes work is not a check, and nobody's to leave out
    const kept = report.checks.filter(
      (check) => late.kept.includes(check) || isTarget(check, report.notReady),
    );
    const told = kept.length < report.checks.length ? summarise(kept, report.notReady) : report;
    return plainText(told, {
      name,
      verbose,
      detail,
      excluded: [...excluded, ...late.excluded.filter(({ id }) => !kept.some((check) => check.id === id))],
      unmatched: unmatched.filter((missing) => late.unmatched.includes(missing)),
    });
  }
}

/** Attributes with messages of others: terminus results have a `message`, of several `key.message`. */
const MESSAGE_KEY = /(?:^|\.)(?:message|error|reason)$/i;

function withoutMessages(report: HealthReport): HealthReport {
  const checks = report.checks.map((check) => {
    const { reason, attributes } = check;
    const kept = Object.entries(attributes).map(([key, value]) =>
      typeof value === 'string' && (value === reason || MESSAGE_KEY.test(key))
        ? [key, WITHHELD]
        : [key, value],
    );
    return { ...check, reason: reason && WITHHELD, attributes: Object.fromEntries(kept) };
  });
  return { ...report, checks };
}

import { ConfigurableModuleBuilder } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { unknownOption } from '@vitals/core/options';
import { Clock, type Duration, formatDuration, parseDuration } from '@vitals/core/time';

/** What `ProviderHealthModule.forRoot` can be told. Durations are milliseconds or text such as `30s`. */
export interface ProviderHealthModuleOptions {
  /** How often every provider is checked; default 30 s. */
  readonly pollInterval?: Duration;
  /** How long one check may take; default 5 s, and always less than the interval. */
  readonly checkTimeout?: Duration;
  /** What time is taken from; default the `Clock` that the app provides globally, else that of the machine. */
  readonly clock?: Clock;
}

export const {
  ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN: PROVIDER_HEALTH_OPTIONS,
} = new ConfigurableModuleBuilder<ProviderHealthModuleOptions>().setClassMethodName('forRoot').build();

/** What all parts of the library take time from; a token of its own, as the app may provide a `Clock` to its options. */
export const PROVIDER_HEALTH_CLOCK = Symbol('vitals:provider-health:clock');

/** An answer is believed for this many intervals. */
const BELIEVED_INTERVALS = 3;

/** So many checks may run at once however few providers there are. */
const MIN_WIDTH = 32;

/** Every option there is. */
const OPTIONS: Readonly<Record<keyof ProviderHealthModuleOptions, true>> = {
  pollInterval: true,
  checkTimeout: true,
  clock: true,
};

/** Options, read and found to be usable. */
export class ProviderHealthSettings {
  readonly pollIntervalMs: number;
  readonly checkTimeoutMs: number;
  /** The age from which on an answer is no longer believed. */
  readonly believedMs: number;

  /** @throws VitalsError `declaration-invalid`, naming the option that is wrong: one that is ignored would mislead */
  constructor(options: ProviderHealthModuleOptions = {}) {
    const unknown = unknownOption(options, Object.keys(OPTIONS));
    if (unknown !== undefined) refuse(unknown);
    const { clock, pollInterval = '30s', checkTimeout = '5s' } = options;
    if (clock !== undefined && !isClock(clock)) refuse('clock: give a Clock of @vitals/core/time');
    this.pollIntervalMs = readSpan('pollInterval', pollInterval);
    this.checkTimeoutMs = readSpan('checkTimeout', checkTimeout);
    this.believedMs = BELIEVED_INTERVALS * this.pollIntervalMs;
    if (this.checkTimeoutMs >= this.pollIntervalMs) {
      refuse(
        `checkTimeout (${formatDuration(this.checkTimeoutMs)}) must be shorter than pollInterval (${formatDuration(this.pollIntervalMs)}): a provider that hangs would hold up the next sweep. Shorten the one or lengthen the other`,
      );
    }
  }
}

/** How many checks may run at once, so that even if all of them hang a sweep fits into one interval. */
export function widthOf(
  providers: number,
  { checkTimeoutMs, pollIntervalMs }: Pick<ProviderHealthSettings, 'checkTimeoutMs' | 'pollIntervalMs'>,
): number {
  return Math.max(MIN_WIDTH, Math.ceil((providers * checkTimeoutMs) / pollIntervalMs));
}

/** By shape, so that a clock of another installed copy of the core counts too. */
function isClock(value: unknown): boolean {
  const methods: readonly (keyof Clock)[] = ['wallMs', 'monotonicMs', 'after', 'soon'];
  return (
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof (value as Clock)[name] === 'function')
  );
}

function readSpan(option: string, span: Duration): number {
  let ms: number;
  try {
    ms = parseDuration(span);
  } catch (error) {
    return refuse(`${option}: ${(error as Error).message}`, error);
  }
  return ms > 0 ? ms : refuse(`${option} must be longer than nothing`);
}

function refuse(what: string, cause?: unknown): never {
  throw new VitalsError('declaration-invalid', `ProviderHealthModule.forRoot: ${what}`, { cause });
}

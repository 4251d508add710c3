import { ConfigurableModuleBuilder } from '@nestjs/common';
import { duration, OptionReader } from '@vitals/core/options';
import { type Clock, type Duration, formatDuration } from '@vitals/core/time';

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

/** Options, read and found to be usable. */
export class ProviderHealthSettings {
  readonly pollIntervalMs: number;
  readonly checkTimeoutMs: number;
  /** The age from which on an answer is no longer believed. */
  readonly believedMs: number;

  /** @throws VitalsError `declaration-invalid`, naming the option that is wrong */
  constructor(options: ProviderHealthModuleOptions = {}) {
    const read = new OptionReader('ProviderHealthModule.forRoot', options, {
      pollInterval: duration,
      checkTimeout: duration,
      clock,
    });
    const spanMs = (option: 'pollInterval' | 'checkTimeout', fallback: Duration): number =>
      read.spanMs(option, fallback, `${option} must be longer than nothing`);
    this.pollIntervalMs = spanMs('pollInterval', '30s');
    this.checkTimeoutMs = spanMs('checkTimeout', '5s');
    this.believedMs = BELIEVED_INTERVALS * this.pollIntervalMs;
    if (this.checkTimeoutMs >= this.pollIntervalMs) {
      read.refuse(
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
function clock(value: unknown): string | undefined {
  const methods: readonly (keyof Clock)[] = ['wallMs', 'monotonicMs', 'after', 'soon'];
  const isClock =
    typeof value === 'object' &&
    value !== null &&
    methods.every((name) => typeof (value as Clock)[name] === 'function');
  return isClock ? undefined : 'give a Clock of @vitals/core/time';
}

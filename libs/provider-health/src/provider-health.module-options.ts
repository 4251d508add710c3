import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { Clock, Duration } from '@vitals/core/time';

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

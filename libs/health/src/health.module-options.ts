import { ConfigurableModuleBuilder } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import type { HealthDetail } from '@vitals/core/health';
import type { Duration } from '@vitals/core/time';

/** Where the answers are served; `false` switches one off. Paths begin with `/`. */
export interface HealthEndpointPaths {
  /** Base of the MicroProfile endpoints; default `/health`. */
  readonly health?: string | false;
  /** Dapr's healthz; default `/v1.0/healthz` and `/healthz`. */
  readonly healthz?: readonly string[] | false;
  /** The list of components; default `/health/components`. */
  readonly components?: readonly string[] | false;
}

/** What `HealthModule.forRoot` can be told. */
export interface HealthModuleOptions {
  /** What `?appid=` is compared with; default `app`. */
  readonly appId?: string;
  /**
   * How much answers tell. `auto` (default): `full` if the app listens on loopback only and the request was
   * not forwarded, else `names`.
   */
  readonly detail?: HealthDetail | 'auto';
  /** `withheld` keeps messages out of healthz answers too; default `redacted`. */
  readonly messages?: 'redacted' | 'withheld';
  /** What readiness and startup answer before bootstrap is complete; default `DOWN`. */
  readonly emptyResponse?: { readonly readiness?: 'UP' | 'DOWN'; readonly startup?: 'UP' | 'DOWN' };
  /** How long to serve on after readiness has turned `DOWN` at shutdown; default 0. */
  readonly drain?: Duration;
  readonly endpoints?: HealthEndpointPaths;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: HEALTH_MODULE_OPTIONS } =
  new ConfigurableModuleBuilder<HealthModuleOptions>().setClassMethodName('forRoot').build();

const DETAILS = ['auto', 'status', 'names', 'full'];
const OPTIONS = ['appId', 'detail', 'messages', 'emptyResponse', 'drain', 'endpoints'];

/** @throws VitalsError `declaration-invalid`, naming the option that is wrong: one that is ignored would mislead */
export function assertOptions(options: HealthModuleOptions): void {
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (unknown !== undefined)
    refuse(`there is no option ${JSON.stringify(unknown)}; there are ${OPTIONS.join(', ')}`);
  if (options.detail !== undefined && !DETAILS.includes(options.detail)) {
    refuse(`detail must be one of ${DETAILS.join(', ')}`);
  }
  const { health = [], healthz = [], components = [] } = options.endpoints ?? {};
  const wrong = [health || [], healthz || [], components || []].flat().find((path) => !path.startsWith('/'));
  if (wrong !== undefined) refuse(`endpoints: the path ${JSON.stringify(wrong)} must begin with "/"`);
}

function refuse(why: string): never {
  throw new VitalsError('declaration-invalid', `HealthModule.forRoot: ${why}`);
}

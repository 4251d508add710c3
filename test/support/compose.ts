import { readFileSync } from 'node:fs';
import yaml from 'js-yaml';

/** The part of a service of a compose file that is looked at. */
export interface ComposedService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
}

/** The compose file of a cluster. */
export const COMPOSE_FILE = 'deploy/compose.yaml';
/** The configuration of its load balancer. */
export const LOAD_BALANCER_FILE = 'deploy/compose/haproxy.cfg';

/** The services of the compose file by name, with variables as they stand there. */
export function composedServices(): Readonly<Record<string, ComposedService>> {
  const [file] = yaml.loadAll(readFileSync(COMPOSE_FILE, 'utf8'));
  return (file as { readonly services: Record<string, ComposedService> }).services;
}

/** An environment of the file, with a value in place of each variable. */
export function filledIn(
  environment: Readonly<Record<string, string>>,
  value: string,
): Record<string, string> {
  const entries = Object.entries(environment).map(([name, text]) => [
    name,
    text.replace(/\$\{(\w+):\?[^}]*\}/g, (_all, variable: string) => `${value}-${variable.toLowerCase()}`),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

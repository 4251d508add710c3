import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';

/** A probe of a container; one of the members is there. */
export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string | number };
  readonly grpc?: { readonly port: number; readonly service: string };
  readonly exec?: { readonly command: readonly string[] };
}

/** The part of a container that is looked at. */
export interface Container {
  readonly command: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

/** The part of a manifest that is looked at; which of it is there depends on its kind. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
      };
    };
    readonly endpoints: readonly [{ readonly path: string }];
    readonly groups: readonly [{ readonly rules: readonly { readonly expr: string }[] }];
  };
}

const FOLDER = 'deploy/kubernetes';

/** The probes of a container, in the order in which Kubernetes comes to use them. */
export const PROBE_KINDS = ['startup', 'liveness', 'readiness'] as const;

/** Every file with manifests. */
export const MANIFEST_FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

/** A file with manifests as it is, with its comments. */
export function manifestText(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8');
}

/** Every object of a file; throws on what is no YAML. */
export function manifestsOf(file: string): Manifest[] {
  return yaml.loadAll(manifestText(file)) as Manifest[];
}

/** The pod that the first object of a file makes. */
export function podOf(file: string): Manifest['spec']['template']['spec'] {
  return (manifestsOf(file)[0] as Manifest).spec.template.spec;
}

/** The probes of that pod, in the order of `PROBE_KINDS`. */
export function probesOf(file: string): Probe[] {
  const [container] = podOf(file).containers;
  return PROBE_KINDS.map((kind) => container[`${kind}Probe`]);
}

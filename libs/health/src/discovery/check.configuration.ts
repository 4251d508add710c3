import { namesOf } from '@vitals/core/health';
import { didYouMean } from '@vitals/core/nearest-name';
import { refuse } from '@vitals/core/options';
import type { HealthOptions } from '../declaration/health.options.js';
import type { HealthModuleOptions } from '../health.module-options.js';

/** A check that was declared, under the identity that it has in the app. */
export interface DeclaredCheck {
  readonly id: string;
  readonly options: HealthOptions;
}

/** What configuration leaves of the declarations, and what of it went to nothing. */
export interface Configured {
  /** In the order of the declarations. */
  readonly options: readonly HealthOptions[];
  /** Environment variables that look like ours and name no check, each with advice if any is close. */
  readonly unmatched: readonly { readonly variable: string; readonly advice: string | undefined }[];
}

const ENVIRONMENT = /^HEALTH_CHECK_(.+)_ENABLED$/;

/**
 * Applies configuration to declarations: that of groups, over it that of checks, over it the environment
 * (`HEALTH_CHECK_<NAME>_ENABLED=false`, with the name or identity in capitals and `_` for every other character,
 * as MicroProfile Config maps names).
 * @throws VitalsError `declaration-invalid` with every check and group that it names and that is not there, and every
 *   value that is wrong
 */
export function configure(
  declared: readonly DeclaredCheck[],
  { checks = {}, groups = {} }: Pick<HealthModuleOptions, 'checks' | 'groups'>,
  environment: Readonly<Record<string, string | undefined>>,
): Configured {
  const options = declared.map((check) => check.options);
  const faults: string[] = [];
  const overlay = (at: number, more: HealthOptions): void =>
    void (options[at] = { ...options[at], ...given(more) });
  const meant = (where: string, name: string): number[] => {
    const found = declared.flatMap((check, at) => (namesOfDeclared(check).includes(name) ? [at] : []));
    const known = declared.map((check) => check.options.name ?? check.id);
    if (found.length === 0) faults.push(faultOfUnknown(where, 'check', name, known));
    return found;
  };
  for (const [group, { include = [], enabled }] of Object.entries(given(groups))) {
    for (const name of include) {
      for (const at of meant(`groups.${group}.include names`, name))
        overlay(at, { groups: [...new Set([...(options[at]?.groups ?? []), group])] });
    }
    const members = options.flatMap((one, at) => (one.groups?.includes(group) ? [at] : []));
    // of a group that includes what is not there, that is the fault
    if (members.length === 0 && include.length === 0)
      faults.push(faultOfUnknown('groups names', 'group', group, groupsOf(declared)));
    if (enabled !== undefined) for (const at of members) overlay(at, { enabled });
  }
  for (const [name, configuration] of Object.entries(given(checks))) {
    for (const at of meant('checks names', name)) overlay(at, configuration);
  }
  const unmatched: { variable: string; advice: string | undefined }[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    const name = ENVIRONMENT.exec(variable)?.[1];
    if (name === undefined) continue;
    const found = declared.flatMap((check, at) => (inEnvironment(check).includes(name) ? [at] : []));
    if (found.length === 0) {
      const written = (known: string): string => `HEALTH_CHECK_${known}_ENABLED`;
      unmatched.push({ variable, advice: didYouMean(name, declared.flatMap(inEnvironment), written) });
    } else if (value !== 'true' && value !== 'false')
      faults.push(`${variable} must be true or false, not ${JSON.stringify(value)}`);
    for (const at of found) overlay(at, { enabled: value === 'true' });
  }
  if (faults.length > 0) refuse(faults.join('\n'));
  return { options, unmatched };
}

/** What is not `undefined`: `timeout: undefined` leaves what was declared. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function inEnvironment(check: DeclaredCheck): string[] {
  return namesOfDeclared(check).map((name) => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_'));
}

/** No check has run yet when configuration is read, so that none has reported a name. */
function namesOfDeclared({ id, options }: DeclaredCheck): readonly string[] {
  return namesOf({ id, name: options.name });
}

function groupsOf(declared: readonly DeclaredCheck[]): string[] {
  return [...new Set(declared.flatMap(({ options }) => options.groups ?? []))];
}

function faultOfUnknown(where: string, what: string, name: string, known: readonly string[]): string {
  const has = known.length > 0 ? `it has ${known.join(', ')}` : 'it has none';
  const advice = [has, didYouMean(name, known)].filter(Boolean).join('; ');
  return `HealthModule.forRoot: ${where} ${JSON.stringify(name)}, but this app has no such ${what}; ${advice}`;
}

import { isIP } from 'node:net';
import { redact } from '@vitals/core/health';
import { allFaults, refuseOptions, unknownOption, unquoted } from '@vitals/core/options';
import { CHECK_OPTIONS, faultOfCheck, type HealthOptions } from '../declaration/health.options.js';
import type { CheckDeclaration } from './provide-check.js';

/** The longest part of a wrong value that is shown. */
const MAX_SHOWN = 64;

/**
 * Reads the settings of one ready-made check when it is declared, so that an app with a wrong one does not
 * start. Every refusal is a VitalsError `declaration-invalid` that names the check, the setting, what was given
 * (redacted) and what to give instead.
 */
export class Settings {
  private common: HealthOptions = {};

  constructor(private readonly check: string) {}

  /**
   * The reader of these settings, whose names and whose part that every check has are found to be right.
   * @param own the names that only this check has
   */
  static of<T extends HealthOptions>(
    check: string,
    given: T,
    own: readonly Exclude<keyof T & string, keyof HealthOptions>[],
  ): Settings {
    const read = new Settings(check);
    if (typeof given !== 'object' || given === null) read.fail('give an object of settings');
    const names: readonly string[] = own;
    read.common = Object.fromEntries(Object.entries(given).filter(([name]) => CHECK_OPTIONS.includes(name)));
    const fault = allFaults(unknownOption(given, [...names, ...CHECK_OPTIONS]), faultOfCheck(read.common));
    return fault === undefined ? read : read.fail(fault);
  }

  /** How a check of this process is provided, under this name unless it was told another one. */
  internal(name: string): CheckDeclaration {
    const owner = this.check.charAt(0).toUpperCase() + this.check.slice(1);
    return { owner, options: { name, ...this.common } };
  }

  /** The same of a check of what lies beyond this process, unless it was told otherwise. */
  external(name: string): CheckDeclaration {
    const { owner, options } = this.internal(name);
    return { owner, options: { ...options, external: options.external ?? true } };
  }

  /** @throws VitalsError `declaration-invalid`, always */
  refuse(setting: string, given: unknown, expected: string): never {
    const shown = given === undefined ? 'missing' : show(given);
    return this.fail(`${setting} is ${shown}; give ${expected}`);
  }

  /** Text that is not blank. */
  text(setting: string, given: unknown, expected: string): string {
    if (typeof given !== 'string' || given.trim() === '') this.refuse(setting, given, expected);
    return given;
  }

  /** A list of such texts. */
  texts(setting: string, given: unknown, expected: string): readonly string[] {
    if (!Array.isArray(given)) this.refuse(setting, given, expected);
    return given.map((each: unknown) => this.text(setting, each, expected));
  }

  /** A number within bounds, both included. */
  number(setting: string, given: unknown, least: number, most: number): number {
    const range = most === Number.POSITIVE_INFINITY ? `of at least ${least}` : `from ${least} to ${most}`;
    if (typeof given === 'number' && given >= least && given <= most) return given;
    return this.refuse(setting, given, `a number ${range}${unquoted(given)}`);
  }

  /** A whole number within bounds, both included. */
  integer(setting: string, given: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    const isWithin = Number.isInteger(given) && (given as number) >= least && (given as number) <= most;
    return isWithin
      ? (given as number)
      : this.refuse(setting, given, `a whole number ${range}${unquoted(given)}`);
  }

  /** What `parse` makes of it; `undefined` for what it throws at. */
  parsed<T, R>(given: T, parse: (given: T) => R): R | undefined {
    try {
      return parse(given);
    } catch {
      return undefined;
    }
  }

  /** A TCP port. */
  port(given: unknown): number {
    return this.integer('port', given, 1, 65_535);
  }

  /** A host name or address alone: no scheme, no port, no path. */
  host(setting: string, given: unknown): string {
    const host = this.text(setting, given, 'a host name or an address');
    if (isIP(host) === 0 && !/^[^\s/:@?#[\]]{1,255}$/.test(host))
      this.refuse(setting, given, 'a host name or an address alone, without scheme, port and path');
    return host;
  }

  /** One of a closed list. */
  oneOf<T extends string>(setting: string, given: unknown, values: readonly T[]): T {
    if (!values.includes(given as T)) this.refuse(setting, given, `one of ${values.join(', ')}`);
    return given as T;
  }

  /** An injection token: what `@Inject()` takes. */
  token(setting: string, given: unknown, of: string): string | symbol | Function {
    const accepted = ['string', 'symbol', 'function'].includes(typeof given) && given !== '';
    if (!accepted) this.refuse(setting, given, `the injection token of ${of}`);
    return given as string | symbol | Function;
  }

  private fail(fault: string): never {
    return refuseOptions(this.check, fault);
  }
}

function show(given: unknown): string {
  let shown: string | undefined;
  try {
    shown = typeof given === 'number' ? String(given) : JSON.stringify(given);
  } catch {
    shown = undefined;
  }
  const text = redact(shown ?? typeof given);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

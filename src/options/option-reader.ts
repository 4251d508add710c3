import { type Duration, parseDuration } from '../time/duration.js';
import { refuseOptions } from './refuse.js';
import { among, type Rule } from './rules.js';

/**
 * Reads the options that somebody gave. Every refusal is a VitalsError `declaration-invalid` that begins with who is
 * set up by them and names every option that breaks its rule: one that is ignored would mislead.
 */
export class OptionReader<T extends object> {
  /**
   * @param subject for example `HealthModule.forRoot`
   * @param rules every option that there is
   * @throws VitalsError `declaration-invalid` unless each option is known and keeps its rule
   */
  constructor(
    private readonly subject: string,
    private readonly given: T,
    rules: Readonly<Record<keyof T & string, Rule>>,
  ) {
    this.require(among(rules)(given));
  }

  /** A span of time that is longer than 0, in milliseconds; `tooShort` is what is said of one that is not. */
  spanMs(
    option: keyof T & string,
    fallback: Duration,
    tooShort: string = `${option} must be longer than 0`,
  ): number {
    const ms = parseDuration((this.given[option] as Duration | undefined) ?? fallback);
    return ms > 0 ? ms : this.refuse(tooShort);
  }

  /** Refuses them for a fault, if there is any. */
  require(fault: string | undefined): void {
    if (fault !== undefined) this.refuse(fault);
  }

  /** @throws VitalsError `declaration-invalid`, always */
  refuse(fault: string): never {
    return refuseOptions(this.subject, fault);
  }
}

import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';

/** The bank that exchange rates come from; played here, with rates that wobble. */
@Injectable()
export class BankClient {
  /** Units of each currency for one euro. */
  async rates(signal?: AbortSignal): Promise<ReadonlyMap<string, number>> {
    await wait(20, undefined, { signal });
    const wobble = (rate: number): number => rate * (0.99 + Math.random() / 50);
    return new Map([
      ['usd', wobble(1.1)],
      ['gbp', wobble(0.85)],
    ]);
  }
}

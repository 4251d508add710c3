import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { assertQuery, CONSISTENT } from './query.js';
import { invalid } from './validation.js';

/** The header of an answer that tells how old what was read may be, in milliseconds. */
export const LAG_HEADER = 'x-vitals-lag-ms';

const KNOWN = new Map([[CONSISTENT, false]]);

/** Memory of a process that shares its database with others: a copy of what they commit. */
export interface SharedMemory {
  /** How old it is, in milliseconds. */
  readonly lagMs: number;
  /** Resolves when it has caught up with what was committed before the call. @throws VitalsError `store-unavailable` */
  caughtUp(): Promise<void>;
}

/** What all reads have in common: they tell how old their answer is, and are given what is newest if they ask for it. */
export class Reads {
  /** Left out in a process that shares its database with nobody: there memory is what is so. */
  shared: SharedMemory | undefined;

  /** Puts the age of memory into what will be the answer, if the request is a read. */
  tellAge({ method }: IncomingMessage, response: ServerResponse): void {
    if (this.shared && (method === 'GET' || method === 'HEAD') && !response.headersSent)
      response.setHeader(LAG_HEADER, String(this.shared.lagMs));
  }

  /**
   * Takes `?consistent` out of the query of a read, so that no call has to know it, and catches up if it asks for that.
   * @param goOn called when the read may go on, in the same turn if nothing has to be waited for
   * @throws VitalsError `request-invalid`, `query-invalid`
   */
  begin(request: FastifyRequest, response: ServerResponse, goOn: (error?: Error) => void): void {
    if (!request.url.includes('?') || !this.takeConsistent(request) || !this.shared) return goOn();
    this.shared.caughtUp().then(
      () => {
        this.tellAge(request.raw, response);
        goOn();
      },
      (error: unknown) => goOn(error as Error),
    );
  }

  private takeConsistent(request: FastifyRequest): boolean {
    if ((request.method !== 'GET' && request.method !== 'HEAD') || request.is404) return false;
    const { [CONSISTENT]: given, ...query } = request.query as Readonly<Record<string, unknown>>;
    if (given === undefined) return false;
    request.query = query;
    assertQuery({ [CONSISTENT]: given }, KNOWN);
    if (given !== 'true' && given !== 'false')
      throw invalid([{ pointer: `/${CONSISTENT}`, detail: 'must be true or false' }]);
    return given === 'true';
  }
}

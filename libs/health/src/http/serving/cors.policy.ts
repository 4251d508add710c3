import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { emptyAnswer, problemAnswer, type WireAnswer } from '@vitals/core/health';
import { parseDuration } from '@vitals/core/time';
import { HEALTH_MODULE_OPTIONS, type HealthModuleOptions } from '../../health.module-options.js';

/** What health is read with. */
const READING = 'GET, HEAD';

/** Headers of our answers that a page may read besides those that it always may. */
const EXPOSED = 'Allow';

const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/** Answers methods that do not read, and says which pages of other origins may read what is answered. */
@Injectable()
export class CorsPolicy {
  private readonly origins: ReadonlySet<string> | undefined;
  private readonly preflight: Readonly<Record<string, string>>;
  private readonly methodNotAllowed: WireAnswer;
  private readonly allow: string;

  constructor(@Optional() @Inject(HEALTH_MODULE_OPTIONS) { cors }: HealthModuleOptions = {}) {
    this.origins = cors && new Set(cors.origins);
    this.allow = cors ? `${READING}, OPTIONS` : READING;
    this.preflight = {
      'access-control-allow-methods': READING,
      'access-control-allow-headers': (cors?.headers ?? ['authorization']).join(', '),
      'access-control-max-age': String(Math.floor(parseDuration(cors?.maxAge ?? '10m') / 1_000)),
    };
    const detail = 'health is read with GET or HEAD';
    this.methodNotAllowed = problemAnswer(405, 'Method Not Allowed', detail, { allow: this.allow });
  }

  /** The answer to a method other than GET and HEAD. Browsers ask with OPTIONS what they may send. */
  answerOther({ method, headers }: IncomingMessage): WireAnswer {
    if (!this.origins || method !== 'OPTIONS') return this.methodNotAllowed;
    const isPreflight =
      headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
    if (!isPreflight) return emptyAnswer(204, { allow: this.allow });
    return emptyAnswer(204, { vary: PREFLIGHT_VARY, ...(this.accepts(headers) && this.preflight) });
  }

  /** An answer with who may read it. Where no origin is accepted, it is the answer itself. */
  mark(answer: WireAnswer, headers: IncomingHttpHeaders): WireAnswer {
    if (!this.origins) return answer;
    const marked: Record<string, string> = { vary: 'Origin', ...answer.headers };
    if (this.accepts(headers)) {
      marked['access-control-allow-origin'] = headers.origin as string;
      marked['access-control-expose-headers'] = EXPOSED;
    }
    return { ...answer, headers: marked };
  }

  private accepts({ origin }: IncomingHttpHeaders): boolean {
    return origin !== undefined && (this.origins?.has(origin) ?? false);
  }
}

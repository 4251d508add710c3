import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
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
export class CorsPolicy implements OnModuleInit {
  private origins: ReadonlySet<string> | undefined;
  private preflight: Readonly<Record<string, string>> = {};
  private allow = READING;
  private methodNotAllowed = refusal(READING);

  constructor(
    @Optional() @Inject(HEALTH_MODULE_OPTIONS) private readonly options: HealthModuleOptions = {},
  ) {}

  /** Not before: the options of the module are read once it has accepted them. */
  onModuleInit(): void {
    const { cors } = this.options;
    if (!cors) return;
    const { origins, headers = ['authorization'], maxAge = '10m' } = cors;
    this.origins = new Set(origins);
    this.allow = `${READING}, OPTIONS`;
    this.methodNotAllowed = refusal(this.allow);
    this.preflight = {
      'access-control-allow-methods': READING,
      ...(headers.length > 0 && { 'access-control-allow-headers': headers.join(', ') }),
      'access-control-max-age': String(Math.floor(parseDuration(maxAge) / 1_000)),
    };
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

function refusal(allow: string): WireAnswer {
  return problemAnswer(405, 'Method Not Allowed', 'health is read with GET or HEAD', { allow });
}

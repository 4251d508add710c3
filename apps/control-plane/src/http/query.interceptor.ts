import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type Type,
} from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { assertQuery, type KnownQuery, knownQueryOf, NO_QUERY } from './query.js';
import { argumentClass } from './routes.js';

/**
 * Refuses query parameters that a call would ignore. A call knows the members of the class of its `@Query()`, and none
 * without one. Health lies beside Nest's router, and stays lenient: a probe must not turn red for a parameter.
 */
@Injectable()
export class QueryInterceptor implements NestInterceptor {
  private readonly knownBy = new WeakMap<object, KnownQuery>();

  /** @throws VitalsError `query-invalid` */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { query } = context.switchToHttp().getRequest<FastifyRequest>();
    assertQuery(query as Readonly<Record<string, unknown>>, this.knownTo(context));
    return next.handle();
  }

  private knownTo(context: ExecutionContext): KnownQuery {
    const handler = context.getHandler();
    const before = this.knownBy.get(handler);
    if (before) return before;
    const type: Type | undefined = argumentClass(context.getClass(), handler.name, RouteParamtypes.QUERY);
    const known = type ? knownQueryOf(type) : NO_QUERY;
    this.knownBy.set(handler, known);
    return known;
  }
}

import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { readCheckBody } from './check.body.js';

/**
 * Refuses the body of a check with all of its faults at once. The pipe of the application passes over members that
 * nobody knows, and what was meant to be the interval of a check must not be passed over.
 */
@Injectable()
export class WholeBody implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    await readCheckBody(context.switchToHttp().getRequest<FastifyRequest>().body);
    return next.handle();
  }
}

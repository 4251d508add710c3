import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { from, type Observable } from 'rxjs';
import { HealthLoader } from '../discovery/health.loader.js';
import { type FrameworkRequest, readRequest } from './serving/http-exchange.js';
import { HealthResponder } from './health.responder.js';

/**
 * Lets a route whose method is a health check answer that one check, in the wire format and with its status,
 * under the check's timeout and shared with every other request for it. Without `HealthModule` it steps aside.
 */
@Injectable()
export class HealthRouteInterceptor implements NestInterceptor {
  constructor(
    private readonly host: HttpAdapterHost,
    @Optional() private readonly loader?: HealthLoader,
    @Optional() private readonly responder?: HealthResponder,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const id =
      context.getType() === 'http' ? this.loader?.idOf(context.getClass(), context.getHandler()) : undefined;
    return id === undefined ? next.handle() : from(this.answer(id, context));
  }

  private async answer(id: string, context: ExecutionContext): Promise<string | undefined> {
    const adapter = this.host.httpAdapter;
    const http = context.switchToHttp();
    const request = readRequest(http.getRequest<FrameworkRequest>(), adapter.getHttpServer());
    const { status, headers, body } = await (this.responder as HealthResponder).checkOf(request, id);
    const response: unknown = http.getResponse();
    for (const [name, value] of Object.entries(headers)) adapter.setHeader(response, name, value);
    adapter.status(response, status);
    return body;
  }
}

import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  Optional,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { from, type Observable } from 'rxjs';
import { checksOf } from '../declaration/health-metadata.accessor.js';
import { HealthLoader } from '../discovery/health.loader.js';
import { type FrameworkRequest, readRequest } from './serving/framework-exchange.js';
import { HealthResponder } from './health.responder.js';

/**
 * Lets a route whose method is a health check answer that one check, in the wire format and with its status,
 * under the check's timeout and shared with every other request for it. A check that was not loaded, such as that of a
 * request-scoped controller, is answered as `DOWN`: what the method returns is never sent. Without `HealthModule` it
 * steps aside.
 */
@Injectable()
export class HealthRouteInterceptor implements NestInterceptor {
  constructor(
    private readonly host: HttpAdapterHost,
    @Optional() private readonly loader?: HealthLoader,
    @Optional() private readonly responder?: HealthResponder,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { loader, responder } = this;
    if (context.getType() !== 'http' || !loader || !responder) return next.handle();
    return from(this.answer(loader, responder, context));
  }

  private async answer(
    loader: HealthLoader,
    responder: HealthResponder,
    context: ExecutionContext,
  ): Promise<string | undefined> {
    const adapter = this.host.httpAdapter;
    const http = context.switchToHttp();
    const request = readRequest(http.getRequest<FrameworkRequest>(), adapter.getHttpServer());
    const [controller, handler] = [context.getClass(), context.getHandler()];
    const id = loader.idOf(controller, handler);
    const { status, headers, body } = await (id === undefined
      ? responder.unloadedRoute(request, `${controller.name}#${handler.name}`, nameOf(controller, handler))
      : responder.routeCheck(request, id));
    const response: unknown = http.getResponse();
    for (const [name, value] of Object.entries(headers)) adapter.setHeader(response, name, value);
    adapter.status(response, status);
    return body;
  }
}

/** The name that a route's check is declared with. */
function nameOf({ prototype }: Type, handler: unknown): string | undefined {
  const members = prototype as Record<string | symbol, unknown>;
  return [...checksOf(members)].find(([method]) => members[method] === handler)?.[1].name;
}

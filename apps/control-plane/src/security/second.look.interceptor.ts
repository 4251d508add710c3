import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { catchError, from, type Observable, switchMap, throwError } from 'rxjs';
import type { SecondLook } from './second.look.js';

/** Has what a handler refuses because memory may be behind judged once more. */
export class SecondLookInterceptor implements NestInterceptor {
  constructor(private readonly secondLook: Pick<SecondLook, 'isDue' | 'caughtUp'>) {}

  /** @throws whatever the handler refuses; VitalsError `store-unavailable` if nobody can tell */
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next
      .handle()
      .pipe(
        catchError((refusal: unknown) =>
          this.secondLook.isDue(refusal)
            ? from(this.secondLook.caughtUp()).pipe(switchMap(() => next.handle()))
            : throwError(() => refusal),
        ),
      );
  }
}

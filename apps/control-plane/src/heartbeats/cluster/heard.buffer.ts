import { Injectable } from '@nestjs/common';
import type { AnyChange } from '../../database/change.js';
import { providersHeard } from '../../providers/provider.changes.js';
import type { Provider } from '../../providers/provider.js';
import { ReportBuffer } from '../report.buffer.js';

/**
 * Writes when providers were heard last, behind the log: their owner does. The rest of what they say is written by the
 * instance that answers them, and would be overwritten here by what was so before.
 */
@Injectable()
export class HeardBuffer extends ReportBuffer {
  protected override changeOf(providers: readonly Provider[]): AnyChange {
    return providersHeard(
      providers.map(({ key, reportedAtMs, heardAtMs }) => ({ key, reportedAtMs, heardAtMs })),
    );
  }
}

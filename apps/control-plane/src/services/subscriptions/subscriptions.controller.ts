import { Controller, Get, Header, HttpException } from '@nestjs/common';
import { Allow } from '../../security/access.guard.js';

/** RFC 9110 section 15.5.22. */
const UPGRADE_REQUIRED = 426;

/** What is said to whoever asks for the WebSocket without asking for one; see `SubscriptionsService`. */
@Controller()
export class SubscriptionsController {
  @Get('ws')
  @Header('upgrade', 'websocket')
  @Allow('lookup')
  refuse(): never {
    const detail = 'this is a WebSocket: connect with a WebSocket client, and send subscriptions as text';
    throw new HttpException(detail, UPGRADE_REQUIRED);
  }
}

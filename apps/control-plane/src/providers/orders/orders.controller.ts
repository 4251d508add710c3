import { Controller, Delete, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { IsIn } from 'class-validator';
import { IfGiven } from '../../http/validation.js';
import { Authenticator } from '../../security/authenticator.js';
import { type ProviderStatusBody, ProviderView } from '../reading/provider.view.js';
import { OrdersService } from './orders.service.js';

/** When the token before ends. */
export class RotateTokenQuery {
  /** `true` for a token that leaked; else it ends when the new one is used for the first time. */
  @IfGiven()
  @IsIn(['true', 'false'])
  immediately?: string;
}

/** Cordon, drain and new tokens. */
@Controller('providers/:name')
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly view: ProviderView,
    private readonly authenticator: Authenticator,
  ) {}

  @Put('cordon')
  @HttpCode(204)
  async cordon(@Param('name') name: string): Promise<void> {
    await this.orders.cordon(name);
  }

  @Delete('cordon')
  @HttpCode(204)
  async uncordon(@Param('name') name: string): Promise<void> {
    await this.orders.uncordon(name);
  }

  @Post('drain')
  @HttpCode(202)
  async drain(@Param('name') name: string): Promise<ProviderStatusBody> {
    return this.view.status(await this.orders.drain(name));
  }

  @Post('token')
  @HttpCode(200)
  async rotateToken(
    @Param('name') name: string,
    @Query() { immediately }: RotateTokenQuery,
  ): Promise<{ readonly token: string }> {
    if (!this.authenticator.enabled) {
      throw new VitalsError(
        'request-invalid',
        'authentication is off, nobody is asked for a token; set VITALS_ADMIN_TOKEN to turn it on',
      );
    }
    return { token: await this.orders.rotateToken(name, immediately === 'true') };
  }
}

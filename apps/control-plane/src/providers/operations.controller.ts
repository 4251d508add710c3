import { Controller, Delete, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { OptionalMember, YesNo } from '../http/members.js';
import { chapter, OF_A_PROVIDER, WRITING } from '../http/operation.js';
import * as s from '../http/schema.js';
import { Authenticator } from '../security/authenticator.js';
import { ProviderStatusBody, ProviderView } from './provider.view.js';
import { OperationsService } from './operations.service.js';

/** When the token before ends: when the new one is used for the first time, if nothing is said. */
export class RotateTokenQuery {
  @OptionalMember('`true` for a token that leaked.', YesNo())
  immediately?: string;
}

const NewTokenBody = s.object('NewToken', 'A token in place of the one before.', {
  token: s.text('Shown only here.'),
});

/** Cordon, drain and new tokens. */
@Controller('providers/:name')
export class OperationsController {
  constructor(
    private readonly operations: OperationsService,
    private readonly view: ProviderView,
    private readonly authenticator: Authenticator,
  ) {}

  @Put('cordon')
  @HttpCode(204)
  async cordonProvider(@Param('name') name: string): Promise<void> {
    await this.operations.cordon(name);
  }

  @Delete('cordon')
  @HttpCode(204)
  async uncordonProvider(@Param('name') name: string): Promise<void> {
    await this.operations.uncordon(name);
  }

  @Post('drain')
  @HttpCode(202)
  async drainProvider(@Param('name') name: string): Promise<ProviderStatusBody> {
    return this.view.status(await this.operations.drain(name));
  }

  @Post('token')
  @HttpCode(200)
  async rotateProviderToken(
    @Param('name') name: string,
    @Query() { immediately }: RotateTokenQuery,
  ): Promise<s.Of<typeof NewTokenBody>> {
    if (!this.authenticator.enabled) {
      throw new VitalsError(
        'request-invalid',
        'authentication is off, nobody is asked for a token; set VITALS_ADMIN_TOKEN to turn it on',
      );
    }
    return { token: await this.operations.rotateToken(name, immediately === 'true') };
  }
}

const REFUSALS = [...OF_A_PROVIDER, ...WRITING];

chapter('Orders', OperationsController, {
  cordonProvider: {
    summary: 'Takes a provider out of placement',
    answers: { 204: 'It is out of placement.' },
    refusals: REFUSALS,
  },
  uncordonProvider: {
    summary: 'Puts a provider back into placement',
    description: 'A requested drain is withdrawn.',
    answers: { 204: 'It may be placed on.' },
    refusals: REFUSALS,
  },
  drainProvider: {
    summary: 'Takes a provider out of placement, and requests it to drain',
    description:
      'It is requested with the header `vitals-directive: drain` of the answers to its heartbeats, until it is put back into placement or registers again.',
    answers: { 202: ['It will be requested to drain.', ProviderStatusBody] },
    refusals: REFUSALS,
  },
  rotateProviderToken: {
    summary: 'Gives a provider a new token',
    description:
      'The one before is good until the new one is used for the first time, unless it is to end immediately.',
    answers: { 200: ['The new token.', NewTokenBody] },
    refusals: REFUSALS,
  },
});

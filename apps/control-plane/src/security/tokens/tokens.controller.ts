import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { formatTimestamp } from '@vitals/core/time';
import { invalid } from '../../http/validation.js';
import { GiveTokenDto } from './token.dto.js';
import { type GivenToken, TokenDirectory } from './token.directory.js';

/** A token as it is listed. Field names are those of the wire. */
export interface TokenBody {
  readonly id: string;
  readonly kind: GivenToken['kind'];
  readonly names: readonly string[];
  readonly description: string;
  readonly created_at: string;
}

/** Tokens for gateways and for dashboards; only an administrator gives them out. */
@Controller('tokens')
export class TokensController {
  constructor(private readonly tokens: TokenDirectory) {}

  @Post()
  async give(@Body() body: GiveTokenDto): Promise<TokenBody & { readonly token: string }> {
    const { kind, names = [], description = '' } = body;
    if (kind === 'read-only' && names.length > 0) {
      throw invalid([{ pointer: '/names', detail: 'a read-only token reads everything; leave names out' }]);
    }
    const { given, token } = await this.tokens.give({ kind, names, description });
    return { ...bodyOf(given), token };
  }

  @Get()
  list(): { tokens: TokenBody[] } {
    return { tokens: this.tokens.all().map(bodyOf) };
  }

  @Delete(':id')
  @HttpCode(204)
  revoke(@Param('id') id: string): Promise<void> {
    return this.tokens.revoke(id);
  }
}

function bodyOf({ id, kind, names, description, createdAtMs }: GivenToken): TokenBody {
  return { id, kind, names, description, created_at: formatTimestamp(createdAtMs) };
}

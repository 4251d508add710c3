import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { formatTimestamp } from '@vitals/core/time';
import type { JsonText } from '../http/json-answer.js';
import { PageText } from '../http/page.js';
import { invalid } from '../http/validation.js';
import { chapter, WRITING } from '../http/operation.js';
import {
  GivenTokenBody,
  GiveTokenDto,
  ListTokensQuery,
  TokenBody,
  TokenListBody,
} from './tokens/token.dto.js';
import { type GivenToken, TokenDirectory } from './token.directory.js';

/** Tokens for gateways and for dashboards; only an administrator gives them out. */
@Controller('tokens')
export class TokensController {
  constructor(private readonly tokens: TokenDirectory) {}

  @Post()
  async give(@Body() body: GiveTokenDto): Promise<GivenTokenBody> {
    const { kind, names = [], description = '' } = body;
    if (kind === 'read-only' && names.length > 0)
      throw invalid([{ pointer: '/names', detail: 'a read-only token reads everything; leave names out' }]);
    const { given, token } = await this.tokens.give({ kind, names, description });
    return { ...bodyOf(given), token };
  }

  @Get()
  list(
    @Query() { max_page_size: size, page_token: token }: ListTokensQuery,
  ): Promise<JsonText<TokenListBody>> {
    return PageText.form(async (page) => {
      const found = await this.tokens.page(size, token);
      const listed = await page.addUntilFull(found.items, bodyOf);
      return page.end<TokenListBody>('tokens', { next_page_token: this.tokens.tokenBehind(found, listed) });
    });
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

chapter('Tokens', TokensController, {
  give: {
    id: 'giveToken',
    summary: 'Gives out a token for a gateway, or for whoever only reads',
    answers: { 201: 'The token, shown only here.' },
    body: GivenTokenBody,
    refusals: WRITING,
  },
  list: {
    id: 'listTokens',
    summary: 'Lists the tokens that are given out by id, in pages',
    answers: { 200: 'A page.' },
    body: TokenListBody,
  },
  revoke: {
    id: 'revokeToken',
    summary: 'Ends a token that was given out',
    description: 'Subscriptions over `/ws` that were opened with it are closed.',
    answers: { 204: 'It counts no more.' },
    refusals: ['token-not-found', ...WRITING],
  },
});

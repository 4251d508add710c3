import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { formatTimestamp } from '@vitals/core/time';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, Matches, ValidateIf } from 'class-validator';
import type { JsonText } from '../http/json-answer.js';
import { PageQuery } from '../http/list-page.js';
import { Member, OptionalMember, Text } from '../http/members.js';
import { invalid } from '../http/validation.js';
import { chapter, WRITING } from '../http/operation.js';
import { type GivenToken, TokenDirectory } from './token.directory.js';
import * as s from '../http/schema.js';

const KINDS = s.enumeration('TokenKind', ['gateway', 'read-only']);
const inLowerCase = (name: unknown): unknown => (typeof name === 'string' ? name.toLowerCase() : name);

/** A token to give out. */
export class GiveTokenDto {
  @Member('gateway: acts for the providers and services in names. read-only: reads everything.', IsIn(KINDS))
  kind!: (typeof KINDS)[number];

  @Member(
    'What a gateway acts for: names of providers, ids of services, and beginnings of both before a `*`. A gateway needs them.',
    ValidateIf(({ kind, names }: GiveTokenDto) => kind === 'gateway' || names !== undefined),
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(1_000),
    // ids of services are compared in lower case
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(inLowerCase) : value)),
    Matches(/^[a-z0-9][a-z0-9._~-]{0,252}\*?$/, {
      each: true,
      message:
        'each of names must be the name of a provider, the id of a service, or the beginning of such followed by "*"',
    }),
  )
  names?: string[];

  @OptionalMember(
    'What it is for.',
    Text(0, 253),
    Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'description must be text without control characters' }),
  )
  description?: string;
}

/** A page of tokens. */
export class ListTokensQuery extends PageQuery {
  override max_page_size: number = 1_000;
}

const TokenBody = s.object('Token', 'A token that was given out.', {
  id: s.text('By which it is revoked.'),
  kind: s.oneOf(KINDS, 'What it may do.'),
  names: s.listOf(s.TEXT, 'What a gateway acts for: names, and beginnings of names before a `*`.'),
  description: s.text('What it is for.'),
  created_at: s.time('When it was given out.'),
});

const GivenTokenBody = s.object('GivenToken', 'A token as it is given out.', {
  ...TokenBody.members,
  token: s.text('Shown only here.'),
});

const TokenListBody = s.object(
  'TokenList',
  'A page of the tokens that are given out, by id.',
  { tokens: s.listOf(s.ref(TokenBody)) },
  s.NEXT_PAGE,
);

/** Tokens for gateways and for dashboards; only an administrator gives them out. */
@Controller('tokens')
export class TokensController {
  constructor(private readonly tokens: TokenDirectory) {}

  @Post()
  async giveToken(@Body() body: GiveTokenDto): Promise<s.Of<typeof GivenTokenBody>> {
    const { kind, names = [], description = '' } = body;
    if (kind === 'read-only' && names.length > 0)
      throw invalid([{ pointer: '/names', detail: 'a read-only token reads everything; leave names out' }]);
    const { given, token } = await this.tokens.give({ kind, names, description });
    return { ...bodyOf(given), token };
  }

  @Get()
  listTokens(@Query() query: ListTokensQuery): Promise<JsonText<s.Of<typeof TokenListBody>>> {
    return this.tokens.pages.answer('tokens', query, bodyOf);
  }

  @Delete(':id')
  @HttpCode(204)
  revokeToken(@Param('id') id: string): Promise<void> {
    return this.tokens.revoke(id);
  }
}

function bodyOf({ id, kind, names, description, createdAtMs }: GivenToken): s.Of<typeof TokenBody> {
  return { id, kind, names, description, created_at: formatTimestamp(createdAtMs) };
}

chapter('Tokens', TokensController, {
  giveToken: {
    summary: 'Gives out a token for a gateway, or for whoever only reads',
    answers: { 201: ['The token, shown only here.', GivenTokenBody] },
    refusals: WRITING,
  },
  listTokens: {
    summary: 'Lists the tokens that are given out by id, in pages',
    answers: { 200: ['A page.', TokenListBody] },
  },
  revokeToken: {
    summary: 'Ends a token that was given out',
    description: 'Subscriptions over `/ws` that were opened with it are closed.',
    answers: { 204: 'It counts no more.' },
    refusals: ['token-not-found', ...WRITING],
  },
});

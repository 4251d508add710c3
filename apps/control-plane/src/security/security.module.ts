import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { BrowserGuard } from './browser.guard.js';
import { TokenDirectory } from './token.directory.js';
import { TokensController } from './tokens.controller.js';

/** Who may do what. */
@Global()
@Module({
  controllers: [TokensController],
  providers: [Authenticator, BrowserGuard, TokenDirectory, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [Authenticator],
})
export class SecurityModule {}

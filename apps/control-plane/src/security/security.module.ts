import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { BrowserGuard } from './browser.guard.js';
import { CopyReads } from './copy.reads.js';
import { SecondLook } from './second.look.js';
import { TokenDirectory } from './token.directory.js';
import { TokensController } from './tokens.controller.js';

/** Who may do what, and how far what is said of it is up to date. */
@Global()
@Module({
  controllers: [TokensController],
  providers: [
    Authenticator,
    BrowserGuard,
    CopyReads,
    SecondLook,
    TokenDirectory,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [Authenticator, SecondLook],
})
export class SecurityModule {}

import { Module } from '@nestjs/common';
import { BackupsController } from './backups.controller.js';
import { BackupsService } from './backups.service.js';

/** Backups of the database while it is in use. */
@Module({ controllers: [BackupsController], providers: [BackupsService] })
export class BackupsModule {}

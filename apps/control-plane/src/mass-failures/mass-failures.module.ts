import { Global, Module } from '@nestjs/common';
import { MassFailureDirectory } from './mass-failure.directory.js';
import { TrackerParts } from './tracker.parts.js';
import { MassFailuresController } from './mass-failures.controller.js';

/** Failures of zones, of environments, and of everything: what of them goes on, and how it ended. */
@Global()
@Module({
  controllers: [MassFailuresController],
  providers: [MassFailureDirectory, TrackerParts],
  exports: [MassFailureDirectory, TrackerParts],
})
export class MassFailuresModule {}

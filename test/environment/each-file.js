import { ConsoleLogger, Logger } from '@nestjs/common';
import { vi } from 'vitest';

/** Files share the modules of their worker: what one of them replaced is put back before the next one runs. */
vi.restoreAllMocks();
Logger.overrideLogger(new ConsoleLogger());

import { ConsoleLogger, Logger } from '@nestjs/common';
import { afterEach, vi } from 'vitest';
import { dropHandlers, endTest } from './after-each-test.js';

/** Files share the modules of their process: what one of them replaced is put back before the next one runs. */
vi.restoreAllMocks();
Logger.overrideLogger(new ConsoleLogger());
dropHandlers();
afterEach(endTest);

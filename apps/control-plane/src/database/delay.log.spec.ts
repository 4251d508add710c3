import { Logger } from '@nestjs/common';
import { VitalsError } from '@vitals/core/errors';
import { DelayLog } from './delay.log.js';

let lines: string[];
let delays: DelayLog;

const away = (why: string): VitalsError => new VitalsError('store-unavailable', why);

beforeEach(() => {
  lines = [];
  for (const level of ['log', 'warn', 'error'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation(
      (text: unknown) => void lines.push(`${level}: ${String(text)}`),
    );
  }
  delays = new DelayLog(new Logger('Test'), 'results wait to be written');
});

afterEach(() => vi.restoreAllMocks());

describe('DelayLog', () => {
  it('says why something waits once for as long as the reason stays, however often it is tried', () => {
    for (let tries = 0; tries < 100; tries++) delays.failed(away('the file is gone'));
    for (let tries = 0; tries < 100; tries++) delays.failed(away('the disk is full'));
    expect(lines).toEqual([
      'warn: results wait to be written: the file is gone',
      'warn: results wait to be written: the disk is full',
    ]);
  });

  it('says once that it is over, and begins anew after that', () => {
    delays.failed(away('the file is gone'));
    for (let writes = 0; writes < 100; writes++) delays.succeeded();
    delays.failed(away('the file is gone'));
    expect(lines).toEqual([
      'warn: results wait to be written: the file is gone',
      'log: over: results wait to be written',
      'warn: results wait to be written: the file is gone',
    ]);
  });

  it('says nothing of what never failed', () => {
    delays.succeeded();
    expect(lines).toEqual([]);
  });

  it('gives the message of an error without its class, and any other value as text', () => {
    const severe = new DelayLog(new Logger('Test'), 'transitions wait', 'error');
    severe.failed(away('the file is gone'));
    severe.failed('a text');
    expect(lines).toEqual(['error: transitions wait: the file is gone', 'error: transitions wait: a text']);
  });
});

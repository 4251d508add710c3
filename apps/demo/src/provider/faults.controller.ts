import { Controller, Delete, HttpCode, NotFoundException, Param, Put } from '@nestjs/common';
import { HeartbeatAgent } from '@vitals/heartbeat';
import { Faults } from './faults.js';

/** Switches faults on and off: `PUT` and `DELETE /faults/silent`, `/faults/disk`. */
@Controller('faults')
export class FaultsController {
  constructor(
    private readonly faults: Faults,
    private readonly agent: HeartbeatAgent,
  ) {}

  @Put(':fault')
  @HttpCode(204)
  on(@Param('fault') fault: string): Promise<void> {
    return this.set(fault, true);
  }

  @Delete(':fault')
  @HttpCode(204)
  off(@Param('fault') fault: string): Promise<void> {
    return this.set(fault, false);
  }

  private async set(fault: string, on: boolean): Promise<void> {
    if (fault !== 'silent' && fault !== 'disk') throw new NotFoundException('the faults are silent and disk');
    this.faults[fault] = on;
    if (fault === 'disk') return this.agent.phaseChanged();
    if (on) await this.agent.abandon();
    else this.agent.start();
  }
}

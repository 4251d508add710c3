import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { addMethod, announce, listen, work } from './nest-app.js';

const names = process.env.CHECKS === 'slow' ? ['store'] : ['store', 'queue'];
const indicators = names.map((name, at) => work(() => ({ [name]: { status: 'up' } }), at));

class HealthController {
  constructor(health) {
    this.health = health;
  }
}
addMethod(
  HealthController,
  'check',
  function () {
    return this.health.check(indicators);
  },
  HealthCheck(),
  Get(),
);
Inject(HealthCheckService)(HealthController, undefined, 0);
Controller('health')(HealthController);

class App {}
announce(await listen({ module: App, imports: [TerminusModule], controllers: [HealthController] }));

import { Controller, Get } from '@nestjs/common';
import { addMethod, announce, listen, work } from './nest-app.js';

const answer = JSON.parse(process.env.BODY);

class HealthController {}
addMethod(
  HealthController,
  'check',
  work(() => answer),
  Get(),
);
Controller('health')(HealthController);

class App {}
announce(await listen({ module: App, controllers: [HealthController] }));

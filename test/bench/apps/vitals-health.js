import { Health, HealthModule, HealthStatus } from '@vitals/health';
import { addMethod, announce, listen, work } from './nest-app.js';

const { CHECKS, DETAIL } = process.env;
const names = CHECKS === 'slow' ? ['store'] : ['store', 'queue'];

class Checks {}
for (const [at, name] of names.entries()) {
  const check = work(() => HealthStatus.up(), at);
  addMethod(Checks, name, check, Health({ name, kinds: ['readiness'] }));
}

class App {}
const health = HealthModule.forRoot(DETAIL ? { detail: DETAIL } : {});
announce(await listen({ module: App, imports: [health], providers: [Checks] }));

import 'reflect-metadata';
import { addMethod, announce, listen } from './nest-app.js';

/** `HEALTH` is `without`, `declared` (decorators, but no module that would find them) or `with`. */
const { PROVIDERS, CHECKS_EACH, HEALTH } = process.env;
const { Health, HealthModule } = HEALTH === 'without' ? {} : await import('@vitals/health');

const startedMs = performance.now();
const providers = Array.from({ length: Number(PROVIDERS) }, (_, index) => {
  const provider = { [`Provider${index}`]: class {} }[`Provider${index}`];
  for (let at = 0; at < Number(CHECKS_EACH); at++) {
    const decorators = Health ? [Health({ name: `check-${index}-${at}`, kinds: ['readiness'] })] : [];
    addMethod(provider, `check${at}`, () => true, ...decorators);
  }
  return provider;
});
class App {}
const imports = HEALTH === 'with' ? [HealthModule.forRoot()] : [];
const app = await listen({ module: App, imports, providers });
const listeningMs = performance.now();
announce(app, { bootMs: listeningMs - startedMs, sinceStartMs: listeningMs });

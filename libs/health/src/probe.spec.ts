import { Controller, Get } from '@nestjs/common';
import { ADAPTERS, serve } from '../test/health-app.js';
@Controller() class Own { @Get('health') x() { return 'own'; } }
it.each(ADAPTERS)('%s conflict', async (_n, adapter) => {
  try { const { ask } = await serve({ adapter, controllers: [Own] });
  const a = await ask('/health'); console.log(a.status, a.body); } catch (e) { console.log(String(e)); }
});
it.each(ADAPTERS)('%s odd', async (_n, adapter) => {
  const { ask } = await serve({ adapter });
  for (const [path, init] of [
    ['/health', { method: 'POST', body: '<x/>', headers: { 'content-type': 'text/xml' } }],
    ['/health', { method: 'POST', body: '{bad', headers: { 'content-type': 'application/json' } }],
    ['/health', { method: 'DELETE', headers: { 'content-type': 'application/json' } }],
    ['/health', { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } }],
    ['/health', { method: 'PATCH' }], ['/health', { method: 'OPTIONS' }], ['/health', { method: 'PROPFIND' }],
    ['/health', { method: 'HEAD' }], ['/health'], ['/healthz'], ['/healthz', {method:'HEAD'}], ['/health/check/%zz'], ['/health/check/' + 'x'.repeat(150)],
  ] as [string, RequestInit][]) {
    const a = await ask(path, init);
    process.stdout.write(JSON.stringify([path.slice(0, 30), init, a.status, a.body.slice(0, 100), Object.fromEntries(a.headers)]) + '\n');
  }
});

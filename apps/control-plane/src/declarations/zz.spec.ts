import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.js';
import { createAdapter } from '../http/fastify.js';
import { OrdersService } from '../providers/orders/orders.service.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { ProviderLimit } from '../providers/registration/provider.limit.js';
import { readSettings } from '../settings/read-settings.js';
import { DeclarationsModule } from './declarations.module.js';
import { planCommand } from './cli/plan.command.js';

const exported = Reflect.getMetadata('exports', ProvidersModule) as unknown[];
for (const one of [OrdersService, ProviderLimit]) if (!exported.includes(one)) exported.push(one);

it('works in the app', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'vitals-')), 'v.yaml');
  writeFileSync(path, 'checks:\n  - id: a\n    type: ttl\nproviders:\n  - name: p\n    endpoint: http://p\n    service_type: vm\n    schema_version: v1\n    cordoned: true\n');
  const settings = readSettings({ DATABASE_URL: 'sqlite::memory:', PORT: '0', LOG_LEVEL: 'info', VITALS_DECLARATIONS: path, VITALS_ADMIN_TOKEN: 'x' });
  class Root {}
  const imported = ((AppModule.forRoot(settings).imports ?? []) as { module?: unknown }[]).some((one) => one.module === DeclarationsModule);
  const module = { module: Root, imports: [AppModule.forRoot(settings), ...(imported ? [] : [DeclarationsModule.forRoot(path)])] };
  const app = await NestFactory.create<NestFastifyApplication>(module, createAdapter(), { bodyParser: false, abortOnError: false, logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
  const out: string[] = [];
  out.push(await (await fetch(`${url}/checks`, { headers })).text());
  out.push(await (await fetch(`${url}/providers`, { headers })).text());
  const term = { env: { VITALS_ADMIN_TOKEN: 'x' }, stdout: { write: (t: string) => out.push(t) }, stderr: { write: (t: string) => out.push(t) } };
  out.push(String(await planCommand([path, '--control-plane', url], term)));
  const big = Array.from({ length: 6000 }, (_, i) => ({ id: `c${i}`, type: 'ttl', interval: '1h', labels: { team: 'platform-engineering-team' } }));
  writeFileSync(path, JSON.stringify({ checks: big.slice(0, 3000) }));
  let t = performance.now();
  out.push(String(await planCommand([path, '--control-plane', url], term)).slice(0, 100), `plan took ${performance.now() - t}`);
  t = performance.now();
  for (let i = 0; i < 100; i++) { await new Promise((r) => setTimeout(r, 200)); const b = await (await fetch(`${url}/checks?max_page_size=1`, { headers })).text(); if (!b.includes('"a"') && b.includes('c0')) break; }
  out.push(`applied after ${performance.now() - t}`);
  out.push((await fetch(`${url}/declarations/plan`, { method: 'POST', headers, body: JSON.stringify({ checks: [{ id: 'c', pad: 'x'.repeat(11_000_000) }] }) })).status + '');
  out.push(await (await fetch(`${url}/declarations/plan`, { method: 'POST', headers, body: JSON.stringify({ checks: [1], foo: [] }) })).text());
  out.push((await fetch(`${url}/declarations/plan`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).status + '');
  out.push(await (await fetch(`${url}/health/wellness`, { headers })).text());
  await app.close();
  throw new Error(out.map((o) => o.length > 1500 ? o.slice(0, 700) + '...' + o.slice(-200) : o).join('\n'));
}, 60000);

import {
  Controller,
  Get,
  type INestApplicationContext,
  Injectable,
  type ModuleMetadata,
} from '@nestjs/common';
import { HEALTH_FORMATS } from '@vitals/core/health';
import {
  AvailabilityState,
  Health,
  HealthAccess,
  HealthComponent,
  HealthRegistry,
  HealthStatus,
} from '../src/index.js';
import { checkClass } from './health-app.js';

/** What begins so is a name, data, or a reason; which of them an answer may have depends on its level of detail. */
export const PLANTED = { name: 'plantedname', data: 'planteddata', reason: 'plantedreason' } as const;

const name = (of: string) => `${PLANTED.name}-${of}`;
const options = (of: string) => ({
  kinds: ['liveness', 'readiness', 'startup', 'wellness'] as const,
  groups: [name('group')],
  tags: [`${PLANTED.reason}-tag`],
  name: name(of),
  critical: false,
});

const Down = checkClass(options('declared'), () =>
  HealthStatus.named(name('reported'))
    .down(`${PLANTED.reason}-down`)
    .withAttribute(`${PLANTED.data}-key`, `${PLANTED.data}-value`),
);
const Degraded = checkClass({ ...options('degraded'), critical: true }, () =>
  HealthStatus.degraded(`${PLANTED.reason}-degraded`).withAttribute('key', `${PLANTED.data}-value`),
);
const Thrown = checkClass(options('thrown'), () => {
  throw new Error(`${PLANTED.reason}-thrown`, { cause: new Error(`${PLANTED.reason}-cause`) });
});
const Pinged = checkClass(options('pinged'), () => HealthStatus.down(`${PLANTED.reason}-ping`), 'Pinged');
HealthComponent({ type: `${name('type')}.redis`, name: name('component') })(Pinged);

@Controller('app')
class Routes {
  @Get('check')
  @Health(options('route'))
  check(): HealthStatus {
    return HealthStatus.down(`${PLANTED.reason}-route`).withAttribute('key', `${PLANTED.data}-value`);
  }

  @Get('off')
  @Health({ ...options('off'), id: name('off-id'), enabled: false })
  off(): void {}
}

/** Accepts who has the key. */
@Injectable()
class Keyholders extends HealthAccess {
  override accepts({ headers }: Parameters<HealthAccess['accepts']>[0]): boolean {
    return headers['x-key'] === 'open';
  }
}

/** An app in which whatever can be named, has data, or fails does so in planted words. */
export const PLANTED_APP: ModuleMetadata = {
  controllers: [Routes],
  providers: [Down, Degraded, Thrown, Pinged, { provide: HealthAccess, useClass: Keyholders }],
};

/** Options of the module in planted words. */
export const PLANTED_OPTIONS = { appId: name('app'), releaseId: name('release') };

/** Adds what is registered at run time. */
export function plant(app: INestApplicationContext): void {
  const failed = new Error(`${PLANTED.reason}-setup`);
  const component = { type: `${name('type')}.kafka`, name: name('failed'), critical: false };
  app.get(HealthRegistry).registerComponent(component, undefined, failed);
}

/** Lets the app refuse work, for planted targets. */
export function refuseWork(app: INestApplicationContext): void {
  app.get(AvailabilityState).refuse(name('target'));
  app.get(AvailabilityState).outboundTarget(name('outbound'));
}

/** The parameters of every path that has some; a new one has to be given values here, or its test fails. */
const PARAMETERS: readonly (readonly [end: string, values: readonly string[]])[] = [
  ['/group/:name', [`/group/${name('group')}`]],
  [
    '/:type/:name',
    [`/${name('type')}.redis/${name('component')}`, `/${name('type')}.kafka/${name('failed')}`],
  ],
  ['/:name', ['declared', 'degraded', 'thrown', 'pinged', 'route'].map((of) => `/${name(of)}`)],
];

/** The paths that a path of health stands for in this app. */
export function filled(path: string): string[] {
  if (!path.includes(':')) return [path];
  const found = PARAMETERS.find(([end]) => path.endsWith(end));
  const paths = (found?.[1] ?? []).map((values) => path.slice(0, -(found?.[0].length ?? 0)) + values);
  if (paths.length === 0 || paths.some((one) => one.includes(':')))
    throw new Error(`the path ${path} has no values for its parameters in this test: add them`);
  return paths;
}

/** Every way to ask that changes what is written: all formats that there are, and what single ones know. */
export const QUERIES: readonly string[] = [
  '',
  ...HEALTH_FORMATS.flatMap((format) => {
    const asked = `?format=${encodeURIComponent(format)}`;
    return [
      asked,
      `${asked}&verbose`,
      `${asked}&verbose&exclude=${name('degraded')}&exclude=${name('reported')}`,
    ];
  }),
  `?verbose`,
  `?verbose&exclude=${name('declared')}&exclude=${name('thrown')}`,
  ...['', '&approach=1', '&approach=2', '&approach=3'].map((approach) => `?components=true${approach}`),
];

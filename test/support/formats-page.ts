import type { Type } from '@nestjs/common';
import { AvailabilityState, type HealthModuleOptions } from '@vitals/health';
import { exchange, firstOfEachFamily, type PageRequest } from './formats/exchange.js';
import { GrpcCalls } from './formats/grpc-call.js';
import { healthzPart } from './formats/healthz-part.js';
import { LEVELS } from './formats/levels-table.js';
import { CHECKS, database, pageApp, type PageApp } from './formats/page-app.js';

const HEAD = `# Every format, with examples

Each exchange on this page was recorded from a running app; \`test/e2e/formats-page.spec.ts\` repeats them and fails if
one differs. JSON is indented here, and one line on the wire. The clock moves only by the 2 ms that each check takes. Only
headers that health sets are shown. The app listens on loopback, so that answers are complete
(\`full\`), has the app id \`orders\`, and these checks:

- \`database\` (readiness): up, or down where the text says so; \`cache\` (readiness, not critical): down
- \`event-loop\` (liveness): degraded
- \`disk\`, twice, of two classes; these and \`database\` are the group \`storage\`

[MicroProfile](#microprofile-health-40-the-default) · [Vitals](#vitals) · [MP-0003](#mp-0003) · [health+json](#healthjson) ·
[terminus](#terminus) · [Spring](#spring-boot-actuator) · [text](#text-livez-and-readyz) · [Prometheus](#prometheus) ·
[gRPC](#grpc) · [choosing, and what there is not](#choosing-and-what-there-is-not) ·
[levels of detail](#levels-of-detail) · [healthz](#healthz-of-dapr) · [components](#the-list-of-components)`;

/** Makes every exchange of the page \`docs/formats.md\` with running apps, and returns the page. */
export async function formatsPage(): Promise<string> {
  const parts = [
    await withApp(jsonFormats),
    await emptyAnswers(),
    await withApp(vitals),
    await withApp(otherJson),
    await withApp(text),
    await withApp(metrics),
    await withApp(grpc),
    await withApp(refusals),
    LEVELS,
    await withApp(brief, CHECKS, { detail: 'names' }),
    await withApp(briefest, CHECKS, { detail: 'status' }),
    await healthzPart(),
  ];
  return `${[HEAD, ...parts].join('\n\n')}\n`;
}

type Ask = (request: string | PageRequest) => Promise<string>;

async function withApp(
  write: (ask: Ask, app: PageApp) => Promise<readonly string[]>,
  providers?: readonly Type[],
  options?: HealthModuleOptions,
): Promise<string> {
  const running = await pageApp(providers, options);
  try {
    return (await write((request) => exchange(running.httpPort, request), running)).join('\n\n');
  } finally {
    await running.close();
  }
}

async function jsonFormats(ask: Ask, { app }: PageApp): Promise<string[]> {
  return [
    '## MicroProfile Health 4.0, the default',
    'A check has only `name`, `status` and `data`: a strict client fails on further members, and so does the TCK, which `npm run test:tck` runs. With a check that is degraded, or down but not critical, the whole stays `UP`. A degraded check has `degraded` in its `data`, and the reason of a failure is `reason` there; they replace attributes of the same name. Kinds, times and other members are in [the format of Vitals](#vitals).',
    await ask('/health'),
    'One kind:',
    await ask('/health/live'),
    'A failed critical check. Credentials do not leave the process:',
    await down(() => ask('/health/ready')),
    'A group, and a single check:',
    await ask('/health/group/storage'),
    await ask('/health/check/database'),
    'While the app refuses work (`AvailabilityState.refuse`), readiness is `DOWN` regardless of its checks:',
    await refusing(app.get(AvailabilityState), () => ask('/health/ready')),
    'HEAD has the headers of GET:',
    await ask({ path: '/health', method: 'HEAD' }),
  ];
}

async function emptyAnswers(): Promise<string> {
  const ask = (path: string): Promise<string> => withApp(async (asked) => [await asked(path)], []);
  return ['Without any check:', await ask('/health')].join('\n\n');
}

async function vitals(ask: Ask): Promise<string[]> {
  return [
    '## Vitals',
    'Everything that is known about a check. `data` is what the check itself reported; `ageMs` is 0 if it was run for the request. Ignore unknown members: more may be added.',
    await ask('/health?format=vitals'),
    await down(() =>
      ask({ path: '/health/check/database', headers: { Accept: 'application/vnd.vitals.health+json' } }),
    ),
    'At detail `names` a check has `name` and `status` only.',
  ];
}

async function otherJson(ask: Ask): Promise<string[]> {
  return [
    '## MP-0003',
    'Without any check installed, MP-0003 has no body:',
    await withApp(async (asked) => [await asked('/health?format=mp-0003')], []),
    await ask('/health?format=mp-0003'),
    await down(() => ask('/health/ready?format=mp-0003')),
    '## health+json',
    await ask({ path: '/health', headers: { Accept: 'application/health+json' } }),
    await down(() => ask('/health/group/storage?format=health%2Bjson')),
    '## terminus',
    'The key of a check is its name. A name that two checks of the answer report is `name (identity)` for both, so that\nnone overwrites the other: such a key changes when another check of its name is added or removed. The format of Spring does\nthe same; `health+json` puts checks of one name into one array instead.',
    await ask('/health?format=terminus'),
    await down(() => ask('/health/ready?format=terminus')),
    '## Spring Boot Actuator',
    await ask({ path: '/health', headers: { Accept: 'application/vnd.spring-boot.actuator.v3+json' } }),
    await down(() => ask('/health/ready?format=spring')),
  ];
}

async function text(ask: Ask): Promise<string[]> {
  return [
    '## text, /livez and /readyz',
    'The body is `ok` without a newline.',
    await ask('/livez'),
    await ask('/readyz?verbose'),
    await ask('/readyz?verbose&exclude=cache&exclude=nothing'),
    'A failure is 500, in full, with its reasons withheld:',
    await down(() => ask('/readyz')),
    'One check, and an unknown one:',
    await ask('/livez/event-loop'),
    await ask('/livez/database'),
    'Any other endpoint in this format:',
    await ask({ path: '/health?verbose', headers: { Accept: 'text/plain' } }),
  ];
}

async function metrics(ask: Ask): Promise<string[]> {
  await ask('/health/live');
  return [
    '## Prometheus',
    'A check is labelled with `check`, its declared name or `Provider#method`, and `source`, where it is declared. Other\nchecks do not change them; [names](../libs/health/README.md#names) describes the rule.',
    'The first series of each family, and the number of those that follow:',
    await ask({ path: '/health/metrics', shorten: firstOfEachFamily }),
  ];
}

async function grpc(_ask: Ask, { app, grpcPort }: PageApp): Promise<string[]> {
  const calls = new GrpcCalls(grpcPort);
  const availability = app.get(AvailabilityState);
  const watched = await calls.watch('readiness', 2, () => availability.refuse());
  availability.accept();
  return [
    '## gRPC',
    'Called with the official proto by `@grpc/grpc-js`; messages are shown as JSON. The empty name is the whole app, other names are a kind, a group or a check.',
    await calls.check(''),
    await down(() => calls.check('database')),
    await calls.check('nothing'),
    await calls.list(),
    'A watch of readiness, in which the app refuses work after the first message:',
    watched,
    'A watch of an unknown service stays open:',
    await calls.watch('nothing', 1),
  ];
}

async function refusals(ask: Ask): Promise<string[]> {
  return [
    '## Choosing, and what there is not',
    '`?format=` takes precedence over `Accept`. An unknown format:',
    await ask('/health?format=xml'),
    'An `Accept` that matches no format gets the default: a probe must not fail because of a header.',
    await ask({ path: '/health/live', headers: { Accept: 'text/html' } }),
    'An unknown group, an unknown check, and a method that is not allowed:',
    await ask('/health/group/nothing'),
    await ask('/health/check/nothing'),
    await ask({ path: '/health', method: 'POST' }),
  ];
}

async function brief(ask: Ask): Promise<string[]> {
  return ['With `detail: names`:', await ask('/health')];
}

async function briefest(ask: Ask): Promise<string[]> {
  return ['With `detail: status`:', await ask('/health')];
}

async function down<T>(run: () => Promise<T>): Promise<T> {
  database.up = false;
  try {
    return await run();
  } finally {
    database.up = true;
  }
}

async function refusing<T>(availability: AvailabilityState, run: () => Promise<T>): Promise<T> {
  availability.refuse('maintenance');
  try {
    return await run();
  } finally {
    availability.accept('maintenance');
  }
}

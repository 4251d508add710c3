import { HEALTH_FORMATS, HEALTH_KINDS, type VitalsCheck, type VitalsHealth } from '@vitals/core/health';
import * as s from '../http/schema.js';
import { jsonContent, pathParameters, placed } from './operation.object.js';
import type { Answers } from './refusals.js';

const UP_DOWN = s.enumeration('UpDown', ['UP', 'DOWN']);
const STATE = s.oneOf(s.enumeration('HealthState', ['UP', 'DEGRADED', 'DOWN']));

const HealthCheckResult = s.component('HealthCheckResult', {
  type: 'object',
  description: 'A check and what it found.',
  properties: {
    name: s.text('Its name.'),
    status: s.oneOf(UP_DOWN, 'What it found.'),
    data: { ...s.ref(s.AnyMembers), description: 'What it says besides.' },
  },
  additionalProperties: true,
});

/** What `application/json` is, whatever format was asked for. */
const HealthReport = s.component('HealthReport', {
  type: 'object',
  description:
    'Health in the format `microprofile`, the default: both members are there. `terminus` and `mp-0003` are JSON of other members.',
  properties: {
    status: s.text('UP or DOWN; `terminus` has words of its own.'),
    checks: s.listOf(s.ref(HealthCheckResult), 'Every check that was asked for.'),
  },
  additionalProperties: true,
});

const VitalsCheckResult: s.Component<VitalsCheck> = s.object(
  'VitalsCheckResult',
  'A check and all that is known of it. Who may see names only gets `name` and `status`.',
  { name: s.text('Its name.'), status: STATE },
  {
    id: s.text('Its identity, which distinguishes checks of one name.'),
    kinds: s.listOf(s.oneOf(s.enumeration('HealthKind', HEALTH_KINDS))),
    critical: s.flag('Whether its failure fails the whole; otherwise it degrades it.'),
    reason: s.text('Why it is not `UP`.'),
    data: { ...s.ref(s.AnyMembers), description: 'What the check reported.' } as s.Schema<
      VitalsCheck['data']
    >,
    durationMs: s.number('How long it ran, in milliseconds.'),
    checkedAt: s.time('When it ended.'),
    ageMs: s.whole('Age of the result when it was asked for; 0 if the check was run for the request.'),
  },
);

const VitalsReport: s.Component<VitalsHealth> = s.object(
  'VitalsReport',
  'The whole and all that is known of its checks.',
  { status: STATE, checks: s.listOf(s.ref(VitalsCheckResult)) },
);

const HealthComponent = s.component('HealthComponent', {
  type: 'object',
  description: 'A component and its status.',
  required: ['name', 'type', 'status', 'critical'],
  properties: {
    name: s.text('Its name.'),
    type: s.text('What it is.'),
    status: s.oneOf(s.enumeration('ComponentStatus', ['OK', 'NOT_OK', 'UNDEFINED']), 'Its status.'),
    critical: s.flag('Nothing works without it.'),
  },
  additionalProperties: true,
});

const HealthComponents = s.object('HealthComponents', 'All components.', {
  components: s.listOf(s.ref(HealthComponent)),
});

/** What the library answers that serves health: a problem without a code. */
const HealthProblem = s.object('HealthProblem', 'An error of a health endpoint, as RFC 9457 has it.', {
  type: s.text('Always `about:blank`: the title says it all.'),
  title: s.text('The reason phrase of the status.'),
  status: s.whole('The status of the answer.', 400, 599),
  detail: s.text('What is wrong here.'),
});

/** What `?format=` and `Accept` choose besides. */
const FORMATS: s.Schema = {
  ...jsonContent(s.ref(HealthReport)),
  'application/health+json': { schema: s.ref(s.AnyMembers) },
  'application/vnd.spring-boot.actuator.v3+json': { schema: s.ref(s.AnyMembers) },
  'application/vnd.vitals.health+json': { schema: s.ref(VitalsReport) },
  'text/plain': { schema: { type: 'string' } },
};

const TEXT: s.Schema = { 'text/plain': { schema: { type: 'string' } } };
const DAPR: s.Schema = jsonContent(s.ref(s.AnyMembers));
const FORMAT = {
  name: 'format',
  in: 'query',
  required: false,
  description: 'How it is written; left out, `Accept` chooses.',
  schema: s.oneOf(s.enumeration('HealthFormat', HEALTH_FORMATS)),
};

const answer = (description: string, content?: s.Schema): s.Schema => ({ description, content });
const problem = (description: string): s.Schema =>
  answer(description, { 'application/problem+json': { schema: s.ref(HealthProblem) } });
const whether = (well: number, ill: number, content: s.Schema): Answers => ({
  [well]: answer('It is well.', content),
  [ill]: answer('It is not well.', content),
});

const NO_FORMAT: Answers = { 406: problem('There is no such format.') };
const NO_SUCH: Answers = { 404: problem('There is none of that name.') };
const REPORT: Answers = {
  ...whether(200, 503, FORMATS),
  204: answer('There are no such checks, and the format is `mp-0003`.'),
  ...NO_FORMAT,
};
const WORDS: Answers = { ...whether(200, 500, FORMATS), ...NO_FORMAT };
const LIST = whether(200, 503, jsonContent(s.ref(HealthComponents)));
const ITEM: Answers = { ...whether(200, 503, jsonContent(s.ref(HealthComponent))), ...NO_SUCH };
const HEALTHZ: Answers = {
  200: answer('It serves; a component that is not critical failed.', DAPR),
  204: answer('It serves.'),
  405: answer('No component can be asked.', DAPR),
  500: answer('It does not serve, or is not the app that was asked for.', DAPR),
};
const OUTBOUND: Answers = { 204: answer('It can call others.'), 500: answer('It cannot call others.', DAPR) };

const PATHS: readonly (readonly [path: string, id: string, summary: string, answers: Answers])[] = [
  ['/health', 'readHealth', 'All checks', REPORT],
  ['/health/live', 'readLiveness', 'The checks of liveness', REPORT],
  ['/health/ready', 'readReadiness', 'The checks of readiness', REPORT],
  ['/health/started', 'readStartup', 'The checks of startup', REPORT],
  ['/health/well', 'readWellness', 'The checks of wellness', REPORT],
  ['/health/group/{name}', 'readHealthGroup', 'The checks of a group', { ...REPORT, ...NO_SUCH }],
  ['/health/check/{name}', 'readHealthCheck', 'One check', { ...REPORT, ...NO_SUCH }],
  ['/health/metrics', 'readHealthMetrics', 'All checks, for Prometheus', { 200: answer('Metrics.', TEXT) }],
  ['/livez', 'readLivez', "Liveness, as Kubernetes' API server writes it", WORDS],
  ['/livez/{name}', 'readLivezCheck', 'One check of liveness', { ...WORDS, ...NO_SUCH }],
  ['/readyz', 'readReadyz', "Readiness, as Kubernetes' API server writes it", WORDS],
  ['/readyz/{name}', 'readReadyzCheck', 'One check of readiness', { ...WORDS, ...NO_SUCH }],
  ['/v1.0/healthz', 'readDaprHealthz', 'Whether it serves, as Dapr asks', HEALTHZ],
  ['/v1.0/healthz/outbound', 'readDaprOutbound', 'Whether it can call others, as Dapr asks', OUTBOUND],
  ['/healthz', 'readHealthz', 'Whether it serves', HEALTHZ],
  ['/healthz/outbound', 'readOutbound', 'Whether it can call others', OUTBOUND],
  ['/health/components', 'readHealthComponents', 'All components', LIST],
  ['/health/components/{type}/{name}', 'readHealthComponent', 'One component', ITEM],
  ['/components', 'readComponents', 'All components', LIST],
  ['/components/{type}/{name}', 'readComponent', 'One component', ITEM],
];

/** What the health library serves beside Nest's router, in short: docs/formats.md shows every format of it. */
export const HEALTH = PATHS.map(([path, id, summary, answers]) => {
  const parameters = [
    ...pathParameters(path).map((parameter) => ({ ...parameter, schema: { type: 'string', minLength: 1 } })),
    ...(answers[406] ? [FORMAT] : []),
  ];
  const words = { tag: 'Health', summary, description: 'Needs no token.' };
  return placed({ path, method: 'get', id, ...words, security: [], parameters, responses: answers });
});

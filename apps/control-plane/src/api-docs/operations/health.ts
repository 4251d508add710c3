import { jsonContent, pathParameters, type PlacedOperation } from '../document/operation.object.js';
import { refusalAnswers } from '../document/refusals.js';
import { HealthReply, VitalsHealthReply } from '../schemas/health.js';
import { HealthProblem } from '../schemas/problem.js';
import { listOf, ref, type Schema } from '../schema/schema.js';

const COMPONENT: Schema = {
  type: 'object',
  required: ['name', 'type', 'status', 'critical'],
  properties: {
    name: { type: 'string' },
    type: { type: 'string' },
    status: { type: 'string', enum: ['OK', 'NOT_OK', 'UNDEFINED'] },
    critical: { type: 'boolean' },
  },
  additionalProperties: true,
};
const COMPONENTS: Schema = {
  type: 'object',
  required: ['components'],
  properties: { components: listOf(COMPONENT) },
};

/** The default format, and that with everything; `?format=` and `Accept` choose, and there are others. */
const REPORTS: Schema = {
  ...jsonContent(ref(HealthReply)),
  'application/vnd.vitals.health+json': { schema: ref(VitalsHealthReply) },
};

const TEXT: Schema = { 'text/plain': { schema: { type: 'string' } } };
const DAPR: Schema = { 'application/json': { schema: { type: 'object', additionalProperties: true } } };
const FORMAT = { name: 'format', in: 'query', required: false, schema: { type: 'string' } };

type Answers = Readonly<Record<number, Schema>>;

const answer = (description: string, content?: Schema): Schema => ({
  description,
  ...(content && { content }),
});
const problem = (description: string): Schema =>
  answer(description, { 'application/problem+json': { schema: ref(HealthProblem) } });
const whether = (well: number, ill: number, content: Schema): Answers => ({
  [well]: answer('It is well.', content),
  [ill]: answer('It is not well.', content),
});

const NO_FORMAT: Answers = { 406: problem('There is no such format.') };
const NO_SUCH: Answers = { 404: problem('There is none of that name.') };
const REPORT: Answers = { ...whether(200, 503, REPORTS), ...NO_FORMAT };
const WORDS: Answers = { ...whether(200, 500, TEXT), ...NO_FORMAT };
const LIST = whether(200, 503, jsonContent(COMPONENTS));
const ITEM: Answers = { ...whether(200, 503, jsonContent(COMPONENT)), ...NO_SUCH };
const HEALTHZ: Answers = {
  200: answer('It serves; a component that is not critical failed.', DAPR),
  204: answer('It serves.'),
  405: answer('No component can be asked.', DAPR),
  500: answer('It does not serve, or is not the app that was asked for.', DAPR),
};
const OUTBOUND: Answers = { 204: answer('It can call others.'), 500: answer('It cannot call others.', DAPR) };

const PATHS: readonly (readonly [path: string, id: string, summary: string, answers: Answers])[] = [
  ['/health', 'health', 'All checks', REPORT],
  ['/health/live', 'healthLive', 'The checks of liveness', REPORT],
  ['/health/ready', 'healthReady', 'The checks of readiness', REPORT],
  ['/health/started', 'healthStarted', 'The checks of startup', REPORT],
  ['/health/well', 'healthWell', 'The checks of wellness', REPORT],
  ['/health/group/{name}', 'healthGroup', 'The checks of a group', { ...REPORT, ...NO_SUCH }],
  ['/health/check/{name}', 'healthCheck', 'One check', { ...REPORT, ...NO_SUCH }],
  ['/health/metrics', 'healthMetrics', 'All checks, for Prometheus', { 200: answer('Metrics.', TEXT) }],
  ['/livez', 'livez', "Liveness, as Kubernetes' API server writes it", WORDS],
  ['/livez/{name}', 'livezCheck', 'One check of liveness', { ...WORDS, ...NO_SUCH }],
  ['/readyz', 'readyz', "Readiness, as Kubernetes' API server writes it", WORDS],
  ['/readyz/{name}', 'readyzCheck', 'One check of readiness', { ...WORDS, ...NO_SUCH }],
  ['/v1.0/healthz', 'daprHealthz', 'Whether it serves, as Dapr asks', HEALTHZ],
  ['/v1.0/healthz/outbound', 'daprHealthzOutbound', 'Whether it can call others, as Dapr asks', OUTBOUND],
  ['/healthz', 'healthz', 'Whether it serves', HEALTHZ],
  ['/healthz/outbound', 'healthzOutbound', 'Whether it can call others', OUTBOUND],
  ['/health/components', 'healthComponents', 'All components', LIST],
  ['/health/components/{type}/{name}', 'healthComponent', 'One component', ITEM],
  ['/components', 'components', 'All components', LIST],
  ['/components/{type}/{name}', 'component', 'One component', ITEM],
];

/** What the health library serves beside Nest's router, in short: docs/formats.md shows every format of it. */
export const HEALTH: readonly PlacedOperation[] = PATHS.map(([path, id, summary, answers]) => {
  const parameters = [
    ...pathParameters(path).map((parameter) => ({ ...parameter, schema: { type: 'string', minLength: 1 } })),
    ...(answers[406] ? [FORMAT] : []),
  ];
  const operation = {
    operationId: id,
    tags: ['Health'],
    summary,
    description: 'Needs no token.',
    security: [],
    ...(parameters.length > 0 && { parameters }),
    responses: { ...answers, ...refusalAnswers([], path.includes('{')) },
  };
  return { path, method: 'get', operation };
});

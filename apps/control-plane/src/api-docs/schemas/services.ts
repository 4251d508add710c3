import type { LightCheckBody } from '../../checks/light/light-check.view.js';
import type { Said } from '../../http/answers/json-text.js';
import { LIGHT_CODES, type LightStatus as LightStatusBody } from '../../http/light.error.js';
import type { ServicesController } from '../../services/services.controller.js';
import type { InstanceBody } from '../../services/service.directory.js';
import {
  type Component,
  component,
  flag,
  listOf,
  orNull,
  ref,
  type Schema,
  text,
  whole,
} from '../schema/schema.js';
import { CHECK_STALE, CHECK_STATUS } from '../schema/values.js';

/** What a handler of the registry answers. */
type AnswerOf<K extends keyof ServicesController> = Said<Awaited<ReturnType<ServicesController[K]>>>;

/** `LightStatus`. */
export const LightStatus = component<LightStatusBody>(
  'LightStatus',
  'What became of a request, success or error, as light-4j says it.',
  {
    statusCode: whole('The status of the answer.', { minimum: 100, maximum: 599 }),
    code: text("For programs: a code of light-4j's status.yml.", { enum: LIGHT_CODES }),
    message: text('The name of the code.'),
    description: text('What is wrong here, and what to do about it.'),
    severity: text('ERROR for an error.', { enum: ['NA', 'ERROR'] }),
  },
  {},
);

/** `InstanceBody`. */
export const ServiceNode = component<InstanceBody>(
  'ServiceNode',
  'Where one instance of a service is reached.',
  {
    protocol: text('As it was registered, in lower case.', { examples: ['https'] }),
    address: text(
      'A host name in lower case, an IPv4 address, or an IPv6 address in brackets: a port can be put behind it.',
    ),
    port: whole('Of TCP.', { minimum: 1, maximum: 65_535 }),
  },
  {},
);

/** The answer of `GET /services/lookup`, and what subscribers are told of a group. */
export const ServiceNodes: Component<AnswerOf<'lookup'>> = {
  name: 'ServiceNodes',
  schema: listOf(ref(ServiceNode), 'Nodes in the order of their registration.'),
};

/** The answer of `GET /services`, and, with one member, what subscribers are sent. */
export const ServiceGroups: Component<AnswerOf<'list'>> = {
  name: 'ServiceGroups',
  schema: {
    type: 'object',
    description: 'Nodes by `serviceId`, or by `serviceId|tag`.',
    additionalProperties: ref(ServiceNodes),
  },
};

const LEAST = { minimum: 0 };
const EPOCH_MS = (description: string): Schema =>
  whole(`${description} Epoch milliseconds; 0: not yet.`, LEAST);

/** `LightCheckBody`. */
export const ServiceCheck = component<LightCheckBody>(
  'ServiceCheck',
  'The check of a service, as light-controller answers it; status, stale and message are not in its answers.',
  {
    id: text('`serviceId:protocol:address:port`, with a tag `serviceId|tag:protocol:address:port`.'),
    serviceId: text('Whose check it is.'),
    tag: orNull(text('Its environment.')),
    protocol: text('In lower case.'),
    address: text('A name, an IPv4 address, or an IPv6 address in brackets.'),
    port: whole('Where it listens.', { minimum: 1, maximum: 65_535 }),
    healthPath: text('Empty for a TTL.'),
    tlsSkipVerify: flag('Takes any certificate.'),
    interval: whole('In milliseconds.', LEAST),
    executeInterval: whole('How far apart its runs are now, in milliseconds.', LEAST),
    deregisterCriticalServiceAfter: whole('In milliseconds; 0: never.', LEAST),
    lastExecuteTimestamp: EPOCH_MS('The last run, or the last heartbeat.'),
    lastFailedTimestamp: EPOCH_MS('The first failure of the streak that goes on.'),
    status: CHECK_STATUS,
    stale: CHECK_STALE,
    message: text('What was found last.'),
  },
  {},
);

/** The answer of `GET /services/check`. */
export const ServiceChecks: {
  readonly name: string;
  readonly schema: Schema;
  readonly of?: Readonly<Record<string, LightCheckBody>>;
} = {
  name: 'ServiceChecks',
  schema: { type: 'object', additionalProperties: ref(ServiceCheck), description: 'Checks by their ids.' },
};

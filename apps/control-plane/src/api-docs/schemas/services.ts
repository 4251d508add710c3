import type { LightStatus as LightStatusBody } from '../../http/light.error.js';
import type { ServicesController } from '../../services/registration/services.controller.js';
import type { NodeBody } from '../../services/service.directory.js';
import { type Component, component, listOf, ref, text, whole } from '../schema/schema.js';

/** What a handler of the registry answers. */
type AnswerOf<K extends keyof ServicesController> = Awaited<ReturnType<ServicesController[K]>>;

/** `LightStatus`. */
export const LightStatus = component<LightStatusBody>(
  'LightStatus',
  'What became of a request, success or error, as light-4j says it.',
  {
    statusCode: whole('The status of the answer.', { minimum: 100, maximum: 599 }),
    code: text("For programs: a code of light-4j's status.yml.", { pattern: '^(SUC|ERR)[0-9]{5}$' }),
    message: text('The name of the code.'),
    description: text('What is wrong here, and what to do about it.'),
    severity: text('ERROR for an error.', { enum: ['NA', 'ERROR'] }),
  },
  {},
);

/** `NodeBody`. */
export const ServiceNode = component<NodeBody>(
  'ServiceNode',
  'Where one instance of a service is reached.',
  {
    protocol: text('As it was registered, in lower case.', { examples: ['https'] }),
    address: text('A host name in lower case, an IPv4 address, or an IPv6 address without brackets.'),
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

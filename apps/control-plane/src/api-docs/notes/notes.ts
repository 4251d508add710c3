import type { Type } from '@nestjs/common';
import { TakeBackupDto } from '../../backups/backups.controller.js';
import { PlanDto } from '../../declarations/declarations.controller.js';
import { DeclaredProviderDto } from '../../declarations/reading/declared-provider.dto.js';
import { InfoUpdateDto } from '../../heartbeats/info.dto.js';
import { PlacementQuery, RequirementDto } from '../../placement/placement.query.js';
import { ReserveDto } from '../../placement/reservations/reservation.dto.js';
import { ProviderHealthQuery } from '../../provider-health/provider-health.controller.js';
import { RotateTokenQuery } from '../../providers/orders/orders.controller.js';
import { ListProvidersQuery, PageQuery, StatusListQuery } from '../../providers/reading/list.query.js';
import {
  ApplyProviderDto,
  MetadataDto,
  RegisterProviderDto,
  RegisterProviderQuery,
} from '../../providers/registration/registration.dto.js';
import { GiveTokenDto, ListTokensQuery } from '../../security/tokens/token.dto.js';
import {
  DeregisterServiceQuery,
  LookupQuery,
  RegisteredCheckDto,
  RegisterServiceDto,
  type ServiceNodeDto,
} from '../../services/registration.dto.js';
import { TransitionsQuery } from '../../transitions/transitions.controller.js';
import { Amount, Amounts } from '../schema/amounts.js';
import { CHECK_COMPONENTS, CHECK_NOTES } from './check.notes.js';
import { DeclaredAcknowledgement, PLAN_NOTES, STATE_NOTE } from './declaration.notes.js';
import { classComponent, classSchema, type MemberNotes } from '../schema/class.schema.js';
import { type Component, ref, type Schema } from '../schema/schema.js';
import { LABELS } from '../schema/values.js';

/** Members of amounts are checked by what reads them, so that their schema stands in place of the validator's. */
const AMOUNTS: Schema = { ...ref(Amounts) };

const says = (description: string): Schema => ({ description });

const METADATA: MemberNotes<MetadataDto> = {
  region_code: says('Where placement finds it.'),
  zone: says('Where placement finds it; providers of a zone may fail together.'),
  resources: { ...AMOUNTS, description: 'The capacity that it starts from, such as total_cpu.' },
};

const Metadata: Component<MetadataDto> = {
  name: 'Metadata',
  schema: {
    ...classSchema(MetadataDto, METADATA),
    description: 'Where a provider is and what it has; further members are kept as they are.',
    additionalProperties: true,
  },
};

const APPLY: MemberNotes<ApplyProviderDto> = {
  endpoint: { type: 'string', format: 'uri', maxLength: 2_048, description: 'Where it is reached.' },
  service_type: says('What it provides, such as "vm".'),
  schema_version: says('The version of what it provides.'),
  display_name: says('For people.'),
  operations: says('What it can be asked to do.'),
  metadata: ref(Metadata),
  labels: { ...LABELS, description: 'For filters.' },
  health_path: says('The path, below its endpoint, at which its health is polled.'),
};

const REGISTER: MemberNotes<RegisterProviderDto> = { ...APPLY, name: says('Its natural key.') };

const PAGE: MemberNotes<PageQuery> = {
  max_page_size: says('The most that the page may have; it ends earlier when its items reach 1 MiB.'),
  page_token: says('The next_page_token of the page before.'),
};

const LIST: MemberNotes<ListProvidersQuery> = {
  ...PAGE,
  type: says('The service type.'),
  phase: says('What it reported last.'),
  availability: says('What is known of it now.'),
  zone: says('metadata.zone.'),
  capability: says('One that it has.'),
  label: says('`key=value`; may be given more than once, and all must hold.'),
};

const STATUSES: MemberNotes<StatusListQuery> = {
  ...PAGE,
  changed_since: says('The sequence of an earlier answer, for only what changed since.'),
};

const REQUIREMENT: MemberNotes<RequirementDto> = {
  service_type: says('What is needed, such as "vm".'),
  cpu: ref(Amount),
  memory: ref(Amount),
  storage: ref(Amount),
  capability: says('All of them are needed.'),
  region: says('metadata.region_code.'),
  zone: says('metadata.zone.'),
  label: says('`key=value`; all must hold.'),
};

const CHOICE: MemberNotes<Pick<PlacementQuery, 'strategy' | 'seed'>> = {
  strategy: says('spread: the most free first. pack: the least free first. random: by the seed.'),
  seed: says('Equal seeds give equal orders.'),
};

const PLACEMENT: MemberNotes<PlacementQuery> = {
  ...REQUIREMENT,
  ...CHOICE,
  limit: says('The most candidates.'),
  explain: says('`true` counts why providers were left out.'),
};

const Requirement = classComponent(RequirementDto, REQUIREMENT, 'What the work needs.');

const RESERVE: MemberNotes<ReserveDto> = {
  ...CHOICE,
  requirement: ref(Requirement),
  ttl_seconds: says('How long to hold it unless it is confirmed.'),
};

const UPDATE: MemberNotes<InfoUpdateDto> = {
  timestamp: { format: 'date-time', description: "RFC 3339, by the provider's clock." },
  capacity: { ...AMOUNTS, description: 'What it has.' },
  allocated: { ...AMOUNTS, description: 'What of it is taken.' },
  capabilities: says('In place of those known before.'),
};

const SERVICE_NODE: MemberNotes<ServiceNodeDto> = {
  serviceId: says('What it is; the nodes of a service share it.'),
  tag: says('Parts the nodes of a service, by environment for example; empty is none.'),
  protocol: says('Its protocol, such as "https".'),
  address: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description: 'A host name, an IPv4 address, or an IPv6 address, with or without brackets.',
  },
};

const REGISTERED_CHECK: MemberNotes<RegisteredCheckDto> = {
  id: says('If it is sent, it is `serviceId:protocol:address:port`, after `serviceId` `|tag` for a tag.'),
  interval: says(
    'Milliseconds from one check to the next; for heartbeats, the longest time between two. Default 10000.',
  ),
  deregisterCriticalServiceAfter: says(
    'Milliseconds of failure after which the node is removed; 0 for never. Default 120000.',
  ),
  healthPath: says('What the id of the service is appended to, such as "/health/"; empty for heartbeats.'),
  http: says(
    'Another name of healthPath; also the whole URL, if it is one of this node and ends with the id.',
  ),
  tlsSkipVerify: says('Takes any certificate. Default false.'),
};

const RegisteredCheck = classComponent(
  RegisteredCheckDto,
  REGISTERED_CHECK,
  'The check of a node; further members are ignored.',
);

const REGISTER_SERVICE: MemberNotes<RegisterServiceDto> = {
  ...SERVICE_NODE,
  name: says('For people.'),
  check: { ...ref(RegisteredCheck), description: 'Left out: nobody checks it.' },
};

/** What is said of the members of each class that checks a body or a query. */
export const NOTES: ReadonlyMap<Type, MemberNotes<object>> = new Map<Type, MemberNotes<object>>([
  ...CHECK_NOTES,
  [RegisterProviderDto, REGISTER],
  [ApplyProviderDto, APPLY],
  [RegisterProviderQuery, { id: says('Chosen by the provider; must not belong to another name.') }],
  [ListProvidersQuery, LIST],
  [StatusListQuery, STATUSES],
  [ProviderHealthQuery, { ...PAGE, ...STATE_NOTE }],
  [PlanDto, PLAN_NOTES],
  [TakeBackupDto, { file: says('Its name in the folder of backups; left out, one that holds the time.') }],
  [RotateTokenQuery, { immediately: says('`true` for a token that leaked.') }],
  [PlacementQuery, PLACEMENT],
  [ReserveDto, RESERVE],
  [InfoUpdateDto, UPDATE],
  [RegisterServiceDto, REGISTER_SERVICE],
  [DeregisterServiceQuery, { ...SERVICE_NODE, checkInterval: says('Ignored; clients send it.') }],
  [
    LookupQuery,
    {
      serviceId: SERVICE_NODE.serviceId ?? {},
      tag: SERVICE_NODE.tag ?? {},
      passing: says('Sent by older clients, and of no effect: nodes that are critical are not answered.'),
    },
  ],
  [
    TransitionsQuery,
    {
      since: says('The sequence number after which to begin.'),
      limit: says('The most transitions; fewer when they reach 1 MiB.'),
    },
  ],
  [ListTokensQuery, PAGE],
  [
    GiveTokenDto,
    {
      kind: says('gateway: acts for the providers and services in names. read-only: reads everything.'),
      names: says(
        'What a gateway acts for: names of providers, ids of services, and beginnings of both before a `*`. A gateway needs them.',
      ),
      description: says('What it is for.'),
    },
  ],
]);

/** The parts of bodies that have schemas of their own. */
export const PART_COMPONENTS: readonly Component<unknown>[] = [
  ...Object.values(CHECK_COMPONENTS),
  classComponent(
    DeclaredProviderDto,
    { ...REGISTER, cordoned: says('Out of placement; as it is if left out.') },
    'A provider that is declared.',
  ),
  DeclaredAcknowledgement,
  Metadata,
  Requirement,
  RegisteredCheck,
];

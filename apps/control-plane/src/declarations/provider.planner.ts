import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { OperationsService } from '../providers/operations.service.js';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { readRegistrations, type Registration, type StoredRegistration } from '../providers/provider.rows.js';
import { RegistrationService } from '../providers/registration.service.js';
import { type DeclaredProvider, MARK } from './reading/declared-entries.js';
import { differences, type Draft, type FieldChange, type Step } from './plan.js';

/** Registrations that are read from the store at a time. */
const AT_A_TIME = 500;

/**
 * Plans what becomes of declared providers. One that nobody registered is registered, with a mark in its metadata;
 * one that bears the mark is registered again when something else is declared. A provider that registered itself
 * knows best: its registration stays. Nobody is removed for being declared no longer: it may hold work.
 */
@Injectable()
export class ProviderPlanner {
  constructor(
    private readonly directory: ProviderDirectory,
    private readonly database: Database,
    private readonly registrations: RegistrationService,
    private readonly operations: OperationsService,
  ) {}

  /** @throws VitalsError `store-unavailable` */
  async plan(declared: readonly DeclaredProvider[], draft: Draft): Promise<void> {
    const [registrations, cordons]: [Step[], Step[]] = [[], []];
    for (let at = 0; at < declared.length; at += AT_A_TIME) {
      const some = declared.slice(at, at + AT_A_TIME);
      const known = some.map(({ registration }) => this.directory.find(registration.name));
      const keys = known.flatMap((one) => one?.key ?? []);
      const stored = await readRegistrations(this.database, keys);
      for (const [index, { registration, cordoned }] of some.entries()) {
        const { name } = registration;
        const provider = known[index];
        const step = cordoned ? () => this.operations.cordon(name) : () => this.operations.uncordon(name);
        if (cordoned !== undefined && cordoned !== isCordoned(provider)) cordons.push(step);
        if (planOne({ registration, cordoned }, provider, provider && stored.get(provider.key), draft))
          registrations.push(() => this.register(registration));
      }
    }
    draft.stages.push(registrations, cordons);
  }

  private async register(registration: Registration): Promise<void> {
    this.registrations.assertRoomFor(registration.name);
    const marked = { ...registration, metadata: { ...registration.metadata, [MARK]: 'file' } };
    await this.registrations.register(marked, { withToken: false, onlyNew: false });
  }
}

function isCordoned(provider: Provider | undefined): boolean {
  return provider?.cordoned ?? false;
}

/** Whether it has to be registered. */
function planOne(
  { registration, cordoned }: DeclaredProvider,
  known: Provider | undefined,
  stored: StoredRegistration | undefined,
  draft: Draft,
): boolean {
  const { name, service_type: type, endpoint } = registration;
  const item = { kind: 'provider', id: name } as const;
  if (!known || !stored) {
    draft.create.push({ ...item, summary: `${type} at ${endpoint}${cordoned ? ', cordoned' : ''}` });
    return true;
  }
  const order = cordoned === undefined ? [] : differences({ cordoned: isCordoned(known) }, { cordoned });
  const fields = changesOf(stored.registration, registration);
  const isKept = fields.length > 0 && stored.registration.metadata?.[MARK] !== 'file';
  if (isKept) draft.kept.push({ ...item, fields });
  const changes = isKept ? order : [...fields, ...order];
  if (changes.length > 0) draft.change.push({ ...item, fields: changes });
  else if (!isKept) draft.unchanged++;
  return !isKept && fields.length > 0;
}

function changesOf(known: Registration, next: Registration): FieldChange[] {
  const { [MARK]: _mark, ...metadata } = known.metadata ?? {};
  return differences({ ...known, metadata }, { ...next, metadata: next.metadata ?? {} });
}

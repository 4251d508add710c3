import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Provider } from '../providers/provider.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { readRegistrations, type Registration, type StoredRegistration } from '../providers/provider.rows.js';
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
  ) {}

  /** @throws VitalsError `store-unavailable` */
  async plan(declared: readonly DeclaredProvider[], draft: Draft): Promise<void> {
    const [registrations, cordons]: [Step[], Step[]] = [[], []];
    for (let at = 0; at < declared.length; at += AT_A_TIME) {
      const some = declared.slice(at, at + AT_A_TIME);
      const known = some.map(({ registration }) => this.directory.find(registration.name));
      const stored = await readRegistrations(
        this.database,
        known.flatMap((one) => (one ? [one.key] : [])),
      );
      for (const [index, one] of some.entries()) {
        const provider = known[index];
        planOne(one, provider, provider && stored.get(provider.key), draft, registrations, cordons);
      }
    }
    draft.stages.push(registrations, cordons);
  }
}

/** A registration of the file, as it is stored. */
function marked(registration: Registration): Registration {
  return { ...registration, metadata: { ...registration.metadata, [MARK]: 'file' } };
}

function planOne(
  { registration, cordoned }: DeclaredProvider,
  known: Provider | undefined,
  stored: StoredRegistration | undefined,
  draft: Draft,
  registrations: Step[],
  cordons: Step[],
): void {
  const { name, service_type: type, endpoint } = registration;
  const item = { kind: 'provider', id: name } as const;
  const register = (): unknown =>
    registrations.push({ kind: 'register', registration: marked(registration) });
  const isCordoned = known?.cordoned ?? false;
  if (cordoned !== undefined && cordoned !== isCordoned) cordons.push({ kind: 'cordon', name, cordoned });
  if (!known || !stored) {
    draft.create.push({ ...item, summary: `${type} at ${endpoint}${cordoned ? ', cordoned' : ''}` });
    register();
    return;
  }
  const order = cordoned === undefined ? [] : differences({ cordoned: isCordoned }, { cordoned });
  const fields = changesOf(stored.registration, registration);
  const isOurs = stored.registration.metadata?.[MARK] === 'file';
  const isKept = !isOurs && fields.length > 0;
  if (isKept) draft.kept.push({ ...item, fields });
  else if (fields.length > 0) register();
  const changes = isKept ? order : [...fields, ...order];
  if (changes.length > 0) draft.change.push({ ...item, fields: changes });
  else if (!isKept) draft.unchanged++;
}

function changesOf(known: Registration, next: Registration): FieldChange[] {
  const { [MARK]: _mark, ...metadata } = known.metadata ?? {};
  return differences({ ...known, metadata }, { ...next, metadata: next.metadata ?? {} });
}

import { type FieldFault, VitalsError } from '@vitals/core/errors';
import type { Clock } from '@vitals/core/time';
import { CheckDto } from '../../checks/wire/check.dto.js';
import { MAX_DEPTH } from '../../checks/check.directory.js';
import { isRecord } from '../../http/members.js';
import { invalid, readBody } from '../../http/validation.js';
import {
  type DeclaredAcknowledgement,
  type DeclaredProvider,
  readAcknowledgement,
  readDeclaredProvider,
} from './declared-entries.js';
import { pointerTo } from '@vitals/core/json';
import { didYouMean } from '@vitals/core/nearest-name';

/** Entries that are read before others get their turn. */
const AT_A_TIME = 100;
const LISTS = ['checks', 'providers', 'acknowledged_mass_failures'] as const;

/** A check as it is declared, and where: its place in the list `checks`. */
export interface DeclaredCheck {
  readonly id: string;
  readonly body: CheckDto;
  readonly pointer: string;
}

/** All that a file declares, in the order of the file; each id and name is there once. */
export interface Declarations {
  readonly checks: readonly DeclaredCheck[];
  readonly providers: readonly DeclaredProvider[];
  readonly acknowledgements: readonly DeclaredAcknowledgement[];
}

/** The declarations of a document; they mean nothing unless there are no faults. */
export interface ReadDeclarations {
  readonly declarations: Declarations;
  /** Each with a JSON Pointer into the document. */
  readonly faults: readonly FieldFault[];
}

/**
 * Reads the plain values of a document. All entries are read, so that all faults are reported at once; many entries
 * do not block the event loop.
 */
export async function readDeclarations(document: unknown, clock: Clock): Promise<ReadDeclarations> {
  const reader = new DeclarationsReader(document, clock);
  const idOf = ({ id }: DeclaredCheck): string => id;
  const checks = await reader.each('checks', distinct(readDeclaredCheck, 'id', idOf));
  const nameOf = ({ registration }: DeclaredProvider): string => registration.name;
  const providers = await reader.each('providers', distinct(readDeclaredProvider, 'name', nameOf));
  const acknowledgements = await reader.each('acknowledged_mass_failures', readAcknowledgement);
  const faults = [...reader.faults, ...parentFaults(checks)];
  return { declarations: { checks, providers, acknowledgements }, faults };
}

/** Reads one entry. @throws VitalsError with faults whose pointers lead into it */
type ReadEntry<T> = (body: unknown, pointer: string) => Promise<T>;

class DeclarationsReader {
  readonly faults: FieldFault[] = [];
  private readonly lists: Partial<Record<string, readonly unknown[]>> = {};

  constructor(
    document: unknown,
    private readonly clock: Clock,
  ) {
    const members = Object.entries(isRecord(document) ? document : {});
    if (members.length === 0) this.refuse('', 'must have the lists checks, providers, or both');
    for (const [name, value] of members) {
      const pointer = pointerTo('', name);
      if (!LISTS.some((known) => known === name))
        this.refuse(
          pointer,
          `is not known here; ${didYouMean(name, LISTS) ?? `there are ${LISTS.join(', ')}`}`,
        );
      else if (Array.isArray(value)) this.lists[name] = value;
      else this.refuse(pointer, 'must be a list; write [] for an empty one');
    }
  }

  /** The entries of a list that `read` accepts. */
  async each<T>(name: (typeof LISTS)[number], read: ReadEntry<T>): Promise<T[]> {
    const found: T[] = [];
    for (const [at, body] of (this.lists[name] ?? []).entries()) {
      if (at % AT_A_TIME === AT_A_TIME - 1) await new Promise<void>((resume) => this.clock.soon(resume));
      const pointer = `/${name}/${at}`;
      try {
        found.push(await read(body, pointer));
      } catch (error) {
        if (!(error instanceof VitalsError)) throw error;
        for (const fault of error.faults) this.refuse(pointer + fault.pointer, fault.detail);
      }
    }
    return found;
  }

  private refuse(pointer: string, detail: string): void {
    this.faults.push({ pointer, detail });
  }
}

async function readDeclaredCheck(given: unknown, pointer: string): Promise<DeclaredCheck> {
  const body = await readBody(CheckDto, given);
  const { id } = body;
  if (id === undefined) throw invalid([{ pointer: '/id', detail: 'is required: a check is known by it' }]);
  return { id, body, pointer };
}

/** Reads entries as `read` does, and refuses one whose `member` is that of one before it. */
function distinct<T>(read: ReadEntry<T>, member: string, keyOf: (one: T) => string): ReadEntry<T> {
  const first = new Map<string, string>();
  return async (body, pointer) => {
    const one = await read(body, pointer);
    const key = keyOf(one);
    const before = first.get(key);
    const detail = `${JSON.stringify(key)} is also declared at ${before}`;
    if (before !== undefined) throw invalid([{ pointer: `/${member}`, detail }]);
    first.set(key, `${pointer}/${member}`);
    return one;
  };
}

/**
 * Sorts checks by how many others they depend on, one above the other: whoever defines one level after the other
 * finds every parent defined. The checks must have passed `parentFaults`.
 */
export function levelsOf(checks: readonly DeclaredCheck[]): DeclaredCheck[][] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const levels: DeclaredCheck[][] = [];
  for (const check of checks) (levels[ancestorsOf(check, byId).length] ??= []).push(check);
  return levels.map((level) => level ?? []);
}

/** A parent has to be declared in the same file, and no check may depend on itself. */
function parentFaults(checks: readonly DeclaredCheck[]): FieldFault[] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  return checks.flatMap((check) => {
    const { parent } = check.body;
    if (parent === undefined) return [];
    const pointer = `${check.pointer}/parent`;
    if (!byId.has(parent))
      return { pointer, detail: `${JSON.stringify(parent)} must be declared in the same file` };
    const ancestors = ancestorsOf(check, byId);
    if (ancestors.includes(check)) return { pointer, detail: `${check.id} would depend on itself` };
    const detail = `more than ${MAX_DEPTH} checks would depend on each other in a row`;
    return ancestors.length > MAX_DEPTH ? { pointer, detail } : [];
  });
}

/** From the parent upwards; in a circle, as far as is needed to see it. */
function ancestorsOf(check: DeclaredCheck, byId: ReadonlyMap<string, DeclaredCheck>): DeclaredCheck[] {
  const ancestors: DeclaredCheck[] = [];
  for (let above = check.body.parent; above !== undefined && ancestors.length <= MAX_DEPTH;) {
    const ancestor = byId.get(above);
    if (!ancestor) break;
    ancestors.push(ancestor);
    above = ancestor.body.parent;
  }
  return ancestors;
}

import type { GuardedKind, MassFailureEnding, SettledMember } from '@vitals/core/mass-failure';
import { changeKind } from '../database/change.js';
import { oneOf, present } from '../database/database.js';
import { integer, type Row, table, text } from '../database/table.js';

/** Mass failures that are known after their end. */
export const KEPT_MASS_FAILURES = 1_000;

/** The newest mass failures, and all that go on. */
export const MASS_FAILURES = table('mass_failures', {
  /** Its number in the database; never used twice. */
  key: integer().key(),
  kind: text<GuardedKind>(),
  /** The zone of the providers or the tag of the services; missing for all of them. */
  zone: text().optional(),
  /** Epoch milliseconds. */
  beganAtMs: integer('began_at'),
  /** Members that were away when it began or ended, of those that there were. */
  gone: integer(),
  of: integer('members'),
  /** Since when no further mass of members went, in milliseconds of `PassedTime`. */
  quietSinceMs: integer('quiet_since'),
  /** Epoch milliseconds; missing while it goes on. */
  endedAtMs: integer('ended_at').optional(),
  endedBy: text<MassFailureEnding>('ended_by').optional(),
});

/** A mass failure as it is kept. */
export type StoredMassFailure = Row<typeof MASS_FAILURES>;

/** Members whose failure was settled, as long as they are away since then. */
export const SETTLED_MEMBERS = table('settled_members', {
  kind: text<GuardedKind>().key(),
  /** The number of the provider or the check. */
  key: integer().key(),
  /** Since when it is away, in epoch milliseconds. */
  sinceMs: integer('since'),
});

/**
 * Mass failures began, went on or ended. What has ended stays as it ended, whatever is written late: that, and not what
 * was asked, is what becomes durable.
 */
export const massFailuresChanged = changeKind<readonly StoredMassFailure[]>('mass-failures-changed', {
  async write(transaction, failures) {
    if (failures.length === 0) return [];
    for (const failure of failures) {
      await transaction.put(MASS_FAILURES, [failure], {
        overwrite: ['gone', 'of', 'quietSinceMs', 'endedAtMs', 'endedBy'],
        whileMissing: 'endedAtMs',
      });
    }
    const kept = {
      members: ['key'],
      orderBy: ['key'],
      descending: true,
      offset: KEPT_MASS_FAILURES,
    } as const;
    const old = await transaction.select(MASS_FAILURES, kept);
    if (old.length > 0)
      await transaction.remove(MASS_FAILURES, { key: oneOf(old.map(({ key }) => key)), endedAtMs: present });
    const where = { key: oneOf(failures.map(({ key }) => key)) };
    return transaction.select(MASS_FAILURES, { where, orderBy: ['key'] });
  },
  keys: (failures) => failures.map(({ key }) => key),
});

/** These members are settled; all others of the kind are not. */
export const membersSettled = changeKind<{
  readonly of: GuardedKind;
  readonly members: readonly SettledMember[];
}>('members-settled', {
  async write(transaction, { of: kind, members }) {
    await transaction.remove(SETTLED_MEMBERS, { kind });
    await transaction.insert(
      SETTLED_MEMBERS,
      members.map((member) => ({ kind, ...member })),
    );
  },
  keys: ({ of }) => [of],
});

import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A row of `leases`: what changes with the beats of a provider. Narrow, so that the beats of many share few
 * pages. Times are epoch milliseconds.
 */
@Entity('leases')
export class LeaseEntity {
  /** The key of its provider. */
  @PrimaryColumn('integer')
  key!: number;

  @Column('text', { nullable: true })
  phase!: string | null;

  @Column('bigint', { name: 'reported_at', nullable: true })
  reportedAt!: number | null;

  @Column('bigint', { name: 'heard_at', nullable: true })
  heardAt!: number | null;

  @Column('integer', { name: 'told_ms' })
  advertisedMs!: number;

  @Column('text')
  availability!: string;

  @Column('bigint', { name: 'state_since' })
  stateSince!: number;

  @Column('integer', { name: 'last_sequence', default: 0 })
  lastSequence!: number;
}

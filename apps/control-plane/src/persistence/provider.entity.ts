import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `providers`; JSON columns hold text, times are epoch milliseconds. */
@Entity('providers')
export class ProviderEntity {
  @PrimaryColumn('text')
  name!: string;

  @Column('text', { unique: true })
  id!: string;

  @Column('integer')
  generation!: number;

  @Column('text')
  registration!: string;

  @Column('bigint', { name: 'registered_at' })
  registeredAt!: number;

  @Column('text')
  info!: string;

  @Column('text', { nullable: true })
  phase!: string | null;

  @Column('bigint', { name: 'reported_at', nullable: true })
  reportedAt!: number | null;

  @Column('bigint', { name: 'heard_at', nullable: true })
  heardAt!: number | null;

  @Column('integer', { name: 'told_ms' })
  toldMs!: number;

  @Column('text')
  availability!: string;

  @Column('bigint', { name: 'state_since' })
  stateSince!: number;

  @Column('integer', { default: 0 })
  cordoned!: number;

  @Column('integer', { name: 'last_sequence', default: 0 })
  lastSequence!: number;
}

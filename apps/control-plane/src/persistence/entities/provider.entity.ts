import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `providers`: what changes seldom. JSON columns hold text, times are epoch milliseconds. */
@Entity('providers')
export class ProviderEntity {
  @PrimaryColumn('integer')
  key!: number;

  @Column('text', { unique: true })
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

  @Column('integer', { default: 0 })
  cordoned!: number;

  @Column('integer', { name: 'drain_requested', default: 0 })
  drainRequested!: number;

  @Column('text', { name: 'token_hash', nullable: true })
  tokenHash!: string | null;

  @Column('text', { name: 'previous_token_hash', nullable: true })
  previousTokenHash!: string | null;
}

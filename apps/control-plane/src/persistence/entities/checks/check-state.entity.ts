import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `check_states`: what changes with the runs of a check. */
@Entity('check_states')
export class CheckStateEntity {
  /** The key of its check. */
  @PrimaryColumn('integer')
  key!: number;

  @Column('text')
  status!: string;

  /** Epoch milliseconds. */
  @Column('bigint', { name: 'state_since' })
  stateSince!: number;

  /** A JSON object; null before the first run. */
  @Column('text', { nullable: true })
  progress!: string | null;
}

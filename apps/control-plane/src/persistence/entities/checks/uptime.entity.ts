import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `uptime`: how the runs of one check within one bucket of time went. */
@Entity('uptime')
export class UptimeEntity {
  /** The key of its check. */
  @PrimaryColumn('integer')
  key!: number;

  @PrimaryColumn('text')
  width!: string;

  /** Epoch milliseconds. */
  @PrimaryColumn('bigint', { name: 'start_at' })
  startAt!: number;

  @Column('integer')
  up!: number;

  @Column('integer')
  warning!: number;

  @Column('integer')
  down!: number;

  @Column('real', { name: 'duration_ms' })
  durationMs!: number;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `reservations`; `resources` is a JSON object, times are epoch milliseconds. */
@Entity('reservations')
export class ReservationEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  provider!: string;

  @Column('text')
  resources!: string;

  @Column('integer')
  confirmed!: number;

  @Column('bigint', { name: 'expires_at' })
  expiresAt!: number;

  /** Milliseconds of `PassedTime`. */
  @Column('bigint', { name: 'expires_passed', nullable: true })
  expiresPassed!: number | null;

  @Column('bigint', { name: 'created_at' })
  createdAt!: number;
}

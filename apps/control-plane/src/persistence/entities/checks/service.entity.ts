import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `services`; `node` is a JSON object, `registeredAt` epoch milliseconds. */
@Entity('services')
export class ServiceEntity {
  @PrimaryColumn('integer')
  key!: number;

  /** Its check id, also if it has no check. */
  @Column('text')
  id!: string;

  @Column('text')
  node!: string;

  @Column('bigint', { name: 'registered_at' })
  registeredAt!: number;
}

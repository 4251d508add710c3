import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A row of `removed_services`: a node whose check failed for too long; `node` is a JSON object. */
@Entity('removed_services')
export class RemovedServiceEntity {
  /** Grows from one removal to the next. */
  @PrimaryGeneratedColumn()
  removal!: number;

  /** That of the node, as in `services`. */
  @Column('text')
  id!: string;

  @Column('text')
  node!: string;

  /** Epoch milliseconds. */
  @Column('bigint', { name: 'registered_at' })
  registeredAt!: number;

  /** For how long it is remembered yet, in milliseconds. */
  @Column('bigint', { name: 'left_ms' })
  leftMs!: number;
}

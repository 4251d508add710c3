import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `checks`; `definition` is a JSON object, `createdAt` epoch milliseconds. */
@Entity('checks')
export class CheckEntity {
  @PrimaryColumn('integer')
  key!: number;

  @Column('text')
  id!: string;

  @Column('text')
  definition!: string;

  @Column('text')
  source!: string;

  @Column('integer', { name: 'service_key', nullable: true })
  serviceKey!: number | null;

  @Column('bigint', { name: 'created_at' })
  createdAt!: number;
}

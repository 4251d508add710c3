import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A row of `tokens`; `names` is a JSON array, `created_at` epoch milliseconds. */
@Entity('tokens')
export class TokenEntity {
  @PrimaryColumn('text')
  id!: string;

  @Column('text')
  kind!: string;

  @Column('text')
  names!: string;

  @Column('text')
  description!: string;

  @Column('text')
  hash!: string;

  @Column('bigint', { name: 'created_at' })
  createdAt!: number;
}

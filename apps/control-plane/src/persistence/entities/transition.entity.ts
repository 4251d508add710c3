import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A row of `transitions`; `at` is epoch milliseconds. */
@Entity('transitions')
export class TransitionEntity {
  @PrimaryGeneratedColumn('increment')
  sequence!: number;

  @Column('text')
  kind!: string;

  @Column('text')
  subject!: string;

  @Column('text', { name: 'from_state' })
  from!: string;

  @Column('text', { name: 'to_state' })
  to!: string;

  @Column('text')
  cause!: string;

  @Column('bigint')
  at!: number;

  @Column('text', { nullable: true })
  suppressed!: string | null;
}

import { migration } from '../../migration.js';

/** The last commit of every process that wrote: each says here that it became durable. */
export const Writers1764500200000 = migration('Writers1764500200000', {
  up: [
    `CREATE TABLE writers (
      id TEXT COLLATE "C" PRIMARY KEY,
      last BIGINT NOT NULL,
      at TIMESTAMPTZ NOT NULL
    )`,
  ],
  down: ['DROP TABLE writers'],
});

import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

const SLOW_MS = 100;

/** Fastify's default, for all: no connection is closed while another server has its turn. */
const KEEP_ALIVE_MS = 72_000;

const adapters = { fastify: () => new FastifyAdapter(), express: () => new ExpressAdapter() };

/** What the process that started this one may ask for, by name. */
const questions = {
  memory: async () => {
    for (let round = 0; round < 3; round++) {
      global.gc();
      await sleep(20);
    }
    const { rss, heapUsed } = process.memoryUsage();
    return { rss, heapUsed };
  },
  executions: () => executions,
};

let executions = 0;

/**
 * The work of a check, by the variant that `CHECKS` names; `outcome` makes what a check returns. Of `mixed`
 * checks the first (`at` 0) is synchronous, the others are not.
 */
export function work(outcome, at = 0) {
  const variants = {
    sync: () => outcome(),
    async: async () => outcome(),
    slow: async () => {
      executions++;
      await sleep(SLOW_MS);
      return outcome();
    },
  };
  const variant = process.env.CHECKS === 'mixed' ? (at === 0 ? 'sync' : 'async') : process.env.CHECKS;
  return variants[variant];
}

/** Puts a method on a class, with decorators; without a compiler there is no other way. */
export function addMethod(target, name, value, ...decorators) {
  const descriptor = { value, writable: true, configurable: true, enumerable: false };
  Object.defineProperty(target.prototype, name, descriptor);
  for (const decorate of decorators) decorate(target.prototype, name, descriptor);
}

/** Listens on a free port of 127.0.0.1 with the adapter that `ADAPTER` names. */
export async function listen(module) {
  const app = await NestFactory.create(module, adapters[process.env.ADAPTER ?? 'fastify'](), {
    logger: false,
    abortOnError: false,
  });
  await app.listen(0, '127.0.0.1');
  app.getHttpServer().keepAliveTimeout = KEEP_ALIVE_MS;
  return app;
}

/** Tells the process that started this one what it needs to know, and answers what it asks. */
export function announce(app, more = {}) {
  process.on('message', ({ question }) => {
    void Promise.resolve(questions[question]()).then((answer) => process.send({ answer }));
  });
  process.on('SIGTERM', () => process.exit());
  process.on('disconnect', () => process.exit());
  process.send({ listening: app.getHttpServer().address().port, ...more });
}

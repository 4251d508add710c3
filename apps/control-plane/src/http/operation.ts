import type { Type } from '@nestjs/common';
import type { ErrorCode } from '@vitals/core/errors';
import type { Said } from './json-answer.js';
import type { Component } from './schema.js';

/** When a call answers with success, and with what body. */
export type Answer<T = unknown> = [T] extends [void] ? string : readonly [when: string, body: Component<T>];

/** What is said of one call besides what the code knows: its route, its parameters, its body, its tokens. */
export interface Described<A = Answer | Answer<void>> {
  readonly summary: string;
  readonly description?: string;
  /** By the statuses of success. */
  readonly answers: Readonly<Record<number, A>>;
  /** What it refuses for reasons of its own; what every call refuses is added. */
  readonly refusals?: readonly ErrorCode[];
}

/**
 * All handlers of a controller; the compiler finds the one that is missing, and the answer that differs. The name of a
 * handler is unique in the whole API: generated clients name their methods by it.
 */
export type DescribedController<C> = {
  readonly [K in keyof C]: Described<
    Answer<C[K] extends (...args: never[]) => infer R ? Said<Awaited<R>> : never>
  >;
};

/** A controller, the chapter that its calls belong to, and its calls. */
export interface Chapter {
  readonly tag: string;
  readonly controller: Type;
  readonly operations: Readonly<Record<string, Described>>;
}

/** Every chapter that a module said when it was loaded. */
export const CHAPTERS: Chapter[] = [];

/** Puts a controller into a chapter of the description, call by call. */
export function chapter<C>(tag: string, controller: Type<C>, operations: DescribedController<C>): void {
  CHAPTERS.push({ tag, controller, operations: operations as unknown as Chapter['operations'] });
}

/** What every call refuses that writes something durable. */
export const WRITING: readonly ErrorCode[] = ['store-unavailable', 'overloaded'];

/** What every call refuses that names a provider which must be there. */
export const OF_A_PROVIDER: readonly ErrorCode[] = ['provider-not-registered', 'request-invalid'];

import 'reflect-metadata';

/**
 * The order in which the control plane ends, and how long each stage may take, in milliseconds. What a feature does
 * in a stage it says with `@AtShutdown`; within a stage all begin at once. Before the first of them readiness turns
 * `DOWN`, and after the last one nothing is left to do.
 *
 * 1. `drain`: everything is served and judged as before, while whoever sends requests notices; for `VITALS_DRAIN`.
 * 2. `stop-taking`: the port is closed, WebSockets are closed with 1001, requests on their way are answered.
 * 3. `stop-judging`: no lease, check, poll or file is evaluated any more; a run that goes on ends without a verdict.
 * 4. `flush`: whatever is buffered is written, and tried again until it is (`@Buffers`).
 * 5. `checkpoint`: the database file holds everything, its log nothing.
 * 6. `close`: the database is closed.
 *
 * Without the drain 27 s at the most, which a platform that kills after 30 s leaves room for.
 */
export const SHUTDOWN_STAGES = {
  drain: Infinity,
  'stop-taking': 6_000,
  'stop-judging': 2_000,
  flush: 10_000,
  checkpoint: 5_000,
  close: 2_000,
} as const satisfies Readonly<Record<string, number>>;

/** One of the stages. */
export type ShutdownStage = keyof typeof SHUTDOWN_STAGES;

/** The stages in which features do something of their own; for `flush` there is `@Buffers`. */
export type FeatureStage = Exclude<ShutdownStage, 'flush'>;

/** A provider that keeps records in memory to write them later. */
export interface Buffering {
  /** Writes everything that waits, and resolves also if that fails: then it waits still. */
  flush(): Promise<void>;
  /** How many records of each kind wait to be written, or are being written. */
  unwritten(): Readonly<Record<string, number>>;
}

const STAGES_OF = Symbol('vitals:shutdown-stages');
const BUFFERING = Symbol('vitals:buffering');

/** Has a method of a provider called in a stage of the shutdown, once; a stage waits for the promise it returns. */
export function AtShutdown(stage: FeatureStage) {
  return (
    prototype: object,
    name: string,
    _method: TypedPropertyDescriptor<() => void> | TypedPropertyDescriptor<() => Promise<void>>,
  ): void => {
    Reflect.defineMetadata(STAGES_OF, new Map([...stagesOf(prototype), [name, stage]]), prototype);
  };
}

/** Has what a provider buffers written before the database is closed, until nothing waits. */
export function Buffers() {
  return (type: abstract new (...dependencies: never[]) => Buffering): void => {
    Reflect.defineMetadata(BUFFERING, true, type.prototype as object);
  };
}

/** The methods of a provider that are called at shutdown, and when. */
export function stagesOf(provider: object): ReadonlyMap<string, FeatureStage> {
  return (Reflect.getMetadata(STAGES_OF, provider) as ReadonlyMap<string, FeatureStage>) ?? new Map();
}

/** Whether a provider says that it buffers. */
export function isBuffering(provider: object): provider is Buffering {
  return Reflect.getMetadata(BUFFERING, provider) === true;
}

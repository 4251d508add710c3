import { faultOfToken } from './provider.js';

/** What an answer has to be for a call to count as done. */
export interface Acknowledgement<T> {
  readonly statuses: readonly number[];
  /** @returns what is told, or what is wrong with it: in words without any of its values */
  read(body: Readonly<Record<string, unknown>>): { readonly value: T } | { readonly fault: string };
}

/** What the control plane says of a registration that it has taken. */
export interface Registered {
  readonly generation: number;
  /** The provider's own token from now on; `undefined` if the control plane asks for none. */
  readonly token: string | undefined;
}

/** An interval that a control plane may tell, in seconds: up to a day, for that of a large fleet grows with it. */
export const TOLD_INTERVAL_SECONDS = { min: 1, max: 86_400 } as const;

/** RFC 3339. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Acknowledges a beat, and tells in how many milliseconds the next one is due. */
export const BEAT_TAKEN: Acknowledgement<number> = {
  statuses: [200],
  read({ next_interval_seconds: told }) {
    const { min, max } = TOLD_INTERVAL_SECONDS;
    return isWhole(told) && told >= min && told <= max
      ? { value: told * 1_000 }
      : { fault: `next_interval_seconds is not a whole number from ${min} to ${max}` };
  },
};

/** Acknowledges an info update. */
export const INFO_TAKEN: Acknowledgement<undefined> = {
  statuses: [200],
  read({ last_synced_at: at }) {
    return typeof at === 'string' && TIMESTAMP.test(at)
      ? { value: undefined }
      : { fault: 'last_synced_at is not a timestamp' };
  },
};

/** Acknowledges the registration of `name`: an answer that speaks of another name is not for us. */
export function registrationTaken(name: string): Acknowledgement<Registered> {
  return {
    statuses: [200, 201],
    read({ name: registered, id, generation, token }) {
      if (registered !== name) return { fault: `name is not ${JSON.stringify(name)}` };
      if (typeof id !== 'string' || id === '') return { fault: 'id is not a text' };
      if (!isWhole(generation) || generation < 1)
        return { fault: 'generation is not a whole number from 1 on' };
      if (token === undefined) return { value: { generation, token } };
      return typeof token === 'string' && faultOfToken(token) === undefined
        ? { value: { generation, token } }
        : { fault: 'token is not one line of printable ASCII characters' };
    },
  };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

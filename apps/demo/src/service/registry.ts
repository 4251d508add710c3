import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait before a control plane that does not answer yet is asked again, in milliseconds. */
const RETRY_MS = 200;

/** The code with which light-4j's registries, and this one, say that something was done. */
const DONE = 'SUC10200';

/** What a service says of itself when it registers. */
export interface Registration {
  readonly serviceId: string;
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly check: Readonly<Record<string, string | number>>;
}

/** A registered service. */
export interface Registered {
  /** Reports a pass. */
  pass(): Promise<void>;
}

/** Registers a service, as often as it takes. */
export async function register(controlPlane: string, service: Registration): Promise<Registered> {
  const send = async (method: string, path: string, body: object): Promise<boolean> => {
    const response = await fetch(controlPlane + path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
    });
    return isDone(response);
  };
  while (!(await send('POST', '/services', service).catch(() => false))) await sleep(RETRY_MS);
  const { serviceId, protocol, address, port } = service;
  const id = `${serviceId}:${protocol}:${address}:${port}`;
  return {
    pass: async () => {
      await send('PUT', '/services/check', { id, pass: true });
    },
  };
}

/** Whether a registry says so: others may answer at its address, and 200 is not its word. */
async function isDone(response: Response): Promise<boolean> {
  const answer = (await response.json()) as { code?: unknown } | null;
  return response.status === 200 && answer?.code === DONE;
}

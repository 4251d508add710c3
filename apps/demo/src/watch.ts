/** A provider's row of `GET /provider-status`. */
export interface ProviderRow {
  readonly name: string;
  readonly phase: string | null;
  readonly availability: 'Unknown' | 'Available' | 'Suspect' | 'Unavailable';
  readonly placeable: boolean;
  readonly last_heartbeat_at: string | null;
  readonly deadline_at: string;
}

/** A check of `GET /checks`. */
export interface CheckRow {
  readonly id: string;
  readonly type: string;
  readonly status: 'Pending' | 'Passing' | 'Warning' | 'Critical' | 'Maintenance';
  readonly message: string | null;
}

/** An answer of a healthz, with its body if it has one. */
export interface Healthz {
  readonly of: string;
  readonly status: number;
  readonly body: string;
}

/** What the demo shows, read over HTTP as anybody else would. */
export interface Observation {
  readonly providers: readonly ProviderRow[];
  readonly checks: readonly CheckRow[];
  readonly healthz: readonly Healthz[];
  readonly transitions: readonly {
    sequence: number;
    subject: string;
    from: string;
    to: string;
    cause: string;
    at: string;
  }[];
}

/** Reads everything that is shown. Rejects if the control plane does not answer. */
export async function observe(
  controlPlane: string,
  healthzUrls: ReadonlyMap<string, string>,
): Promise<Observation> {
  const [{ providers }, { checks }, { transitions }, healthz] = await Promise.all([
    json<{ providers: ProviderRow[] }>(`${controlPlane}/provider-status`),
    json<{ checks: CheckRow[] }>(`${controlPlane}/checks`),
    json<{ transitions: Observation['transitions'] }>(`${controlPlane}/transitions?limit=1000`),
    Promise.all([...healthzUrls].map(([of, url]) => readHealthz(of, url))),
  ]);
  return { providers, checks, transitions, healthz };
}

async function json<T>(url: string): Promise<T> {
  const response = await fetch(url, { redirect: 'manual' });
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
}

async function readHealthz(of: string, url: string): Promise<Healthz> {
  try {
    const response = await fetch(url);
    return { of, status: response.status, body: await response.text() };
  } catch {
    return { of, status: 0, body: 'no answer' };
  }
}

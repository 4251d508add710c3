import type { Clock } from '@vitals/core/time';
import { type JsonAnswer, registration, TestControlPlane } from './control-plane.js';

/** The tokens of the settings. */
export const ADMIN = 'the-administrator';
export const REGISTRATION = 'only-new-names-here';

/** A control plane that asks for tokens, and whoever shows one to it. */
export class SecuredControlPlane {
  private constructor(readonly plane: TestControlPlane) {}

  /** @param clock default that of the machine */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    clock?: Clock,
  ): Promise<SecuredControlPlane> {
    const tokens = { VITALS_ADMIN_TOKEN: ADMIN, VITALS_REGISTRATION_TOKEN: REGISTRATION };
    const plane = await TestControlPlane.start({ ...tokens, VITALS_RATE_LIMIT: '0', ...environment }, clock);
    return new SecuredControlPlane(plane);
  }

  /** One that asks nobody for a token. */
  static async startOpen(): Promise<SecuredControlPlane> {
    return new SecuredControlPlane(await TestControlPlane.start());
  }

  stop(): Promise<void> {
    return this.plane.stop();
  }

  /** Asks with a token, or with none. */
  async ask(token: string | undefined, method: string, path: string, body?: unknown): Promise<JsonAnswer> {
    const answer = await fetch(this.plane.url + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const { status, headers } = answer;
    const type = headers.get('content-type');
    const isJson = /json/.test(type ?? '') && text !== '';
    return { status, type, headers, body: (isJson ? JSON.parse(text) : {}) as JsonAnswer['body'] };
  }

  /** Registers a name with the registration token, and resolves to the token of the provider. */
  async register(name: string): Promise<string> {
    return String((await this.ask(REGISTRATION, 'POST', '/providers', registration(name))).body['token']);
  }

  beat(token: string | undefined, name: string, phase = 'Ready'): Promise<JsonAnswer> {
    return this.ask(token, 'PUT', `/providers/${name}/status`, beatOf(phase));
  }

  /** Gives a token out, and resolves to it. */
  async give(about: object): Promise<{ readonly token: string; readonly id: string }> {
    return (await this.ask(ADMIN, 'POST', '/tokens', about)).body as never;
  }
}

/** A heartbeat that is sent now. */
export function beatOf(phase = 'Ready'): { timestamp: string; phase: string } {
  return { timestamp: new Date().toISOString(), phase };
}

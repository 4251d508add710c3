import { percentDecoded } from '@vitals/core/check';
import type { HealthRoute } from './health.routes.js';

/** A route of health that a request asks for. */
export interface FoundRoute {
  readonly route: HealthRoute;
  /** What stands in the place of its parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** A route with parameters. */
interface OpenRoute {
  readonly route: HealthRoute;
  readonly segments: readonly string[];
  /** What every path of it begins with. */
  readonly start: string;
}

const NO_PARAMS: FoundRoute['params'] = {};

/** An address in a request line, as proxies send it (RFC 9112 section 3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/** What a request sends encoded, and the module's options may have as it is. */
const NOT_ASCII = /[\u0080-\uffff]+/g;
const ENCODED = /[%\u0080-\uffff]/;

/** Characters whose percent-encoding means the same as they do (RFC 3986 section 2.3). */
const UNRESERVED = /[\w.~-]/;

/**
 * Finds the route of a request in one way for every adapter and port. A path means the same with one slash at its end,
 * with a slash doubled, and with characters percent-encoded that need not be. Case counts.
 */
export class HealthPaths {
  private readonly fixed = new Map<string, FoundRoute>();
  private readonly open: OpenRoute[] = [];

  constructor(routes: readonly HealthRoute[]) {
    for (const route of routes) {
      const path = plainPath(route.path);
      const parameter = path.indexOf('/:');
      if (parameter < 0) this.fixed.set(path, this.fixed.get(path) ?? { route, params: NO_PARAMS });
      else this.open.push({ route, segments: path.split('/'), start: path.slice(0, parameter + 1) });
    }
  }

  /** Of a request target as it was sent, with or without a query; `undefined` if it is not of health. */
  find(target: string): FoundRoute | undefined {
    const known = this.fixed.get(target);
    if (known) return known;
    const path = plainPath(pathOf(target));
    return this.fixed.get(path) ?? this.findOpen(path);
  }

  private findOpen(path: string): FoundRoute | undefined {
    if (!this.open.some(({ start }) => path.startsWith(start))) return undefined;
    const asked = path.split('/');
    for (const { route, segments } of this.open) {
      if (segments.length !== asked.length) continue;
      const params: Record<string, string> = {};
      const matches = segments.every((segment, at) => {
        const given = asked[at] as string;
        if (!segment.startsWith(':')) return segment === given;
        // a name that is no valid percent-encoding is the name of nothing
        params[segment.slice(1)] = percentDecoded(given);
        return true;
      });
      if (matches) return { route, params };
    }
    return undefined;
  }
}

/** A path in the form in which paths are compared. */
export function plainPath(path: string): string {
  let plain = path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
  if (plain.length > 1 && plain.endsWith('/')) plain = plain.slice(0, -1);
  if (!ENCODED.test(plain)) return plain;
  return plain.replace(NOT_ASCII, encodeURIComponent).replace(/%[\da-f]{2}/gi, plainCharacter);
}

function plainCharacter(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(character) ? character : encoded.toUpperCase();
}

function pathOf(target: string): string {
  const local = target.startsWith('/') ? target : target.replace(ABSOLUTE_FORM, '') || '/';
  const queryStart = local.indexOf('?');
  return queryStart < 0 ? local : local.slice(0, queryStart);
}

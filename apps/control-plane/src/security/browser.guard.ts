import { isIP } from 'node:net';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { VitalsError } from '@vitals/core/errors';
import { canonicalHost, canParseUrl, isLoopback } from '@vitals/core/check';
import { readAuthority } from '../http/node/host-header.js';
import { frontOf } from '../http/node/front.js';
import { Settings } from '../settings/settings.js';

/** Addresses that `HOST` may be to listen on every address of the machine. */
const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::'];

/** Paths of health: probes name whatever host they like, and a browser's page learns little there. */
const HEALTH = /^\/+(v1\.0\/+)?(health|healthz|livez|readyz|components)(\/|\?|$)/i;

/** `Sec-Fetch-Site` of requests of the own pages, and of an address that a person typed. */
const OWN_SITES: readonly string[] = ['same-origin', 'none'];

/** No header of a request is repeated at greater length. */
const MAX_SHOWN = 100;

/**
 * Keeps the pages that an operator visits away from a control plane that asks nobody for a token. Browsers let any
 * page send requests to this machine, and any owner of a domain point its name here: so while authentication is off a
 * request has to be for a name of this control plane, and not from the page of another.
 */
@Injectable()
export class BrowserGuard implements OnModuleInit {
  private readonly listensEverywhere: boolean;
  private readonly names: ReadonlySet<string>;
  /** Ends of names, from the dot on. */
  private readonly suffixes: readonly string[];
  /** Values of `Host` that were accepted. */
  private readonly accepted = new Set<string>();

  constructor(
    private readonly settings: Settings,
    private readonly adapter: HttpAdapterHost,
  ) {
    const { host, security } = settings;
    const isPattern = (name: string): boolean => name.startsWith('*.');
    const own = canonicalHost(host);
    this.listensEverywhere = EVERY_ADDRESS.includes(own);
    this.names = new Set([own, ...security.allowedHosts.filter((name) => !isPattern(name))]);
    this.suffixes = ['.localhost', ...security.allowedHosts.filter(isPattern).map((name) => name.slice(1))];
  }

  onModuleInit(): void {
    if (this.settings.security.adminToken !== undefined) return;
    frontOf(this.adapter).screen = (request) => this.screen(request);
  }

  /** @throws VitalsError `host-not-allowed`, `origin-not-allowed` */
  screen({ url = '', headers }: IncomingMessage): void {
    const { host } = headers;
    const isOfBrowser = headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
    // heartbeats end here
    if (!isOfBrowser && (host === undefined || this.accepted.has(host))) return;
    if (HEALTH.test(url)) return;
    if (host !== undefined) this.assertOwnHost(host);
    assertOwnPage(headers);
  }

  private assertOwnHost(host: string): void {
    if (this.accepted.has(host)) return;
    const name = readAuthority(host)?.name ?? '';
    if (!this.isOwn(name))
      throw new VitalsError(
        'host-not-allowed',
        `${JSON.stringify(host.slice(0, MAX_SHOWN))} is not a name of this control plane; while authentication is off it answers to localhost and HOST: add the name to VITALS_ALLOWED_HOSTS, or set VITALS_ADMIN_TOKEN`,
      );
    if (this.accepted.size < MAX_ACCEPTED) this.accepted.add(host);
  }

  private isOwn(name: string): boolean {
    if (isLoopback(name) || this.names.has(name)) return true;
    // nobody can point an address elsewhere, as one can a name
    if (isIP(name) !== 0) return this.listensEverywhere;
    return this.suffixes.some((suffix) => name.endsWith(suffix) && name.length > suffix.length);
  }
}

/** Callers may write a name in upper and lower case, and with many ports. */
const MAX_ACCEPTED = 256;

/**
 * Refuses what the page of somebody else sends. Browsers say so in `Origin`, and in `Sec-Fetch-Site` where the page or
 * this server is on the same machine or uses TLS; nobody else sends either.
 * @throws VitalsError `origin-not-allowed`
 */
export function assertOwnPage({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): void {
  if (origin !== undefined && !isOrigin(origin, host ?? ''))
    throw foreign(`a page of ${JSON.stringify(origin.slice(0, MAX_SHOWN))} may not ask this control plane`);
  if (site !== undefined && !OWN_SITES.includes(String(site)))
    throw foreign(
      'the page of another site, or of another port, may not ask this control plane; type the address yourself, or use a bookmark',
    );
}

function isOrigin(origin: string, host: string): boolean {
  if (!canParseUrl(origin)) return false;
  const page = new URL(origin);
  const own = `${page.protocol}//${host}`;
  return /^https?:$/.test(page.protocol) && canParseUrl(own) && new URL(own).host === page.host;
}

function foreign(detail: string): VitalsError {
  return new VitalsError('origin-not-allowed', detail);
}

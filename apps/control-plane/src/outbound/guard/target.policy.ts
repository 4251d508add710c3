import { Injectable } from '@nestjs/common';
import type { FieldFault } from '@vitals/core/errors';
import { canParseUrl, HTTP_METHODS, type HttpTarget, type ProbeTarget } from '@vitals/core/check';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { AddressPolicy } from '../addresses/address.policy.js';
import { SecretReferences } from './secret-references.js';
import { type Host, hostOfUrl, isLocalhost, parseHost } from './host.js';

/** Longer URLs are a mistake or an attack. */
const MAX_URL = 2_048;

/** Headers that belong to the connection, not to the user: RFC 9110 section 7.6.1, RFC 9112. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What may be registered as the target of a check. */
@Injectable()
export class TargetPolicy {
  constructor(
    private readonly addresses: AddressPolicy,
    private readonly references = new SecretReferences(),
  ) {}

  /** The target as it is looked at: references are replaced. Only for one that is not refused. */
  resolved(target: ProbeTarget): ProbeTarget {
    return this.references.resolved(target);
  }

  /**
   * Why a target is refused, as a sentence that says what to do; `undefined` if it is not. It is told without asking
   * anybody: what a name resolves to is judged whenever it is connected to.
   */
  refusalOf(target: ProbeTarget): string | undefined {
    return this.faultOf(target)?.detail;
  }

  /** The same, with the member of the check that is wrong. */
  faultOf(target: ProbeTarget): FieldFault | undefined {
    const detail = this.refusalOfAddress(target);
    if (detail !== undefined) return { pointer: `/${target.kind}/${placeMemberOf(target)}`, detail };
    const fault = this.references.faultOf(target);
    return fault && { pointer: `/${target.kind}${fault.pointer}`, detail: fault.detail };
  }

  private refusalOfAddress(target: ProbeTarget): string | undefined {
    switch (target.kind) {
      case 'http':
        return this.refusalOfHttp(target);
      case 'tcp':
        return this.refusalOfPlace(target.host, target.port);
      case 'grpc':
      case 'tls':
        return this.refusalOfPlace(target.host, target.port) ?? refusalOfServerName(target.serverName);
      case 'dns':
        return target.server && this.refusalOfPlace(target.server.host, target.server.port);
      default:
        return target satisfies never;
    }
  }

  private refusalOfHttp({ url, method, headers, serverName }: HttpTarget): string | undefined {
    if (url.length > MAX_URL) return `the URL is longer than ${MAX_URL} characters`;
    if (!canParseUrl(url)) return 'the URL is not valid; use one such as https://example.org/health';
    const parsed = new URL(url);
    if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
      return `the URL is for ${parsed.protocol.slice(0, 32)} checks support only http: and https:`;
    if (parsed.username !== '' || parsed.password !== '')
      return 'the URL has credentials in it; send them as a header, such as authorization';
    if (parsed.port === '0') return 'port 0 cannot be connected to; give one from 1 to 65535';
    if (!HTTP_METHODS.includes(method)) return `the method is not one of ${HTTP_METHODS.join(', ')}`;
    const host = hostOfUrl(parsed);
    if (!host) return 'the URL has no host that could be resolved';
    return this.refusalOfHost(host) ?? refusalOfServerName(serverName) ?? refusalOfHeaders(headers);
  }

  private refusalOfPlace(given: string, port: number): string | undefined {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) return 'the port must be from 1 to 65535';
    const host = parseHost(given);
    return host ? this.refusalOfHost(host) : 'the host is neither a name nor an IP address';
  }

  private refusalOfHost(host: Host): string | undefined {
    if (host.isAddress) return this.addresses.denialOf(host.text);
    if (!isLocalhost(host)) return undefined;
    // it resolves to both, and one that is denied denies the name
    const denial = this.addresses.denialOf('127.0.0.1') ?? this.addresses.denialOf('::1');
    return denial && `${host.text} is this machine: ${denial}`;
  }
}

/** The member of a target that says where it is. */
function placeMemberOf({ kind }: ProbeTarget): string {
  switch (kind) {
    case 'http':
      return 'url';
    case 'dns':
      return 'server';
    case 'tcp':
    case 'grpc':
    case 'tls':
      return 'host';
    default:
      return kind satisfies never;
  }
}

function refusalOfServerName(name: string | undefined): string | undefined {
  if (name === undefined || parseHost(name)) return undefined;
  return 'the server name is neither a name nor an IP address';
}

function refusalOfHeaders(headers: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (CONNECTION_HEADERS.has(name.toLowerCase()))
      return `the header ${name.toLowerCase()} belongs to the connection; leave it out`;
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      return 'a header has a name or a value that HTTP does not allow';
    }
  }
  return undefined;
}

import { HTTP_METHODS, type HttpTarget, type ProbeTarget, secretsOf, withSecrets } from '@vitals/core/check';
import type { FieldFault } from '@vitals/core/errors';
import {
  type Host,
  hostOfUrl,
  isConnectionHeader,
  isHeader,
  isLocalhost,
  parseHost,
  readHttpUrl,
} from '@vitals/probes';
import { CHECK_SECRET_PREFIX, isReference, referredName } from '../../settings/secret-settings.js';
import type { AddressPolicy } from './address.policy.js';

/** Longer URLs are a mistake or an attack. */
const MAX_URL = 2_048;

/** The member of a target that says where it is. */
const PLACE_MEMBERS = { http: 'url', tcp: 'host', grpc: 'host', tls: 'host', dns: 'server' } as const;

/** What may be sent as the value of a header (RFC 9110 section 5.5), in ASCII; or a text of several lines elsewhere. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
const IN_HEADERS = '/headers/';

/**
 * What may be registered as the target of a check. Targets may refer to variables of the environment, `env:NAME`, in
 * place of a secret: the references alone are kept and shown; what they stand for is looked up when a target is looked
 * at.
 */
export class TargetPolicy {
  private readonly known = new WeakMap<ProbeTarget, ProbeTarget>();

  /** @param referable what may be referred to, and nothing else of the environment */
  constructor(
    private readonly addresses: AddressPolicy,
    private readonly referable: ReadonlyMap<string, string> = new Map(),
  ) {}

  /**
   * The target as it is looked at, with what its references stand for; the same object is read once. Only for one that
   * is not refused.
   */
  resolved(target: ProbeTarget): ProbeTarget {
    const before = this.known.get(target);
    if (before) return before;
    const resolved = withSecrets(target, ({ value }) =>
      isReference(value) ? this.referable.get(referredName(value) ?? '') : value,
    ) as ProbeTarget;
    this.known.set(target, resolved);
    return resolved;
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
    if (detail !== undefined) return { pointer: `/${target.kind}/${PLACE_MEMBERS[target.kind]}`, detail };
    for (const { pointer, value } of secretsOf(target)) {
      const why = isReference(value) ? this.refusalOfReference(value, pointer) : undefined;
      if (why !== undefined) return { pointer: `/${target.kind}${pointer}`, detail: why };
    }
    return undefined;
  }

  /** Why a reference cannot be replaced; never what it stands for. */
  private refusalOfReference(reference: string, pointer: string): string | undefined {
    const name = referredName(reference);
    if (name === undefined)
      return `a reference may only be to a variable whose name begins with ${CHECK_SECRET_PREFIX}`;
    const value = this.referable.get(name);
    if (value === undefined)
      return `${name} is not set in the environment of the control plane; set it, and start that again`;
    if (pointer.startsWith(IN_HEADERS) && !HEADER_VALUE.test(value))
      return `${name} is not a valid header value: it must be one line of ASCII characters, without spaces at its ends`;
    return undefined;
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
    const parsed = readHttpUrl(url);
    if (parsed === 'not a URL') return 'the URL is not valid; use one such as https://example.org/health';
    if (parsed === 'another protocol')
      return `the URL is for ${new URL(url).protocol.slice(0, 32)} checks support only http: and https:`;
    if (parsed === 'credentials')
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

function refusalOfServerName(name: string | undefined): string | undefined {
  if (name === undefined || parseHost(name)) return undefined;
  return 'the server name is neither a name nor an IP address';
}

function refusalOfHeaders(headers: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (isConnectionHeader(name))
      return `the header ${name.toLowerCase()} belongs to the connection; leave it out`;
    if (!isHeader(name, value)) return 'a header has a name or a value that HTTP does not allow';
  }
  return undefined;
}

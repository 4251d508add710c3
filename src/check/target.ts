import type { DnsRecordType } from './dns/dns-record.js';

/** The methods that an HTTP check may use. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** One of the methods. */
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** Status codes from `first` to `last`, both included. */
export interface CodeRange {
  readonly first: number;
  readonly last: number;
}

/** What the content of a body has to be like: its transfer form is undone before. */
export type BodyCondition =
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'lacks'; readonly text: string }
  /** A JSON document whose member at `pointer` (RFC 6901) equals `value`. */
  | {
      readonly kind: 'json';
      readonly pointer: string;
      readonly value: string | number | boolean | null;
    };

/** Who is trusted in TLS, and who asks; certificates and keys as PEM (RFC 7468). */
export interface TlsOptions {
  /** The authorities that are trusted; `undefined`: those that Node.js trusts. */
  readonly ca?: string;
  /** The name or address that is meant, in SNI and in the certificate; `undefined`: that of the target. */
  readonly serverName?: string;
  /** What the client shows, its own certificate first; with `clientKey`, or not at all. */
  readonly clientCertificate?: string;
  /** A secret. */
  readonly clientKey?: string;
}

/** An HTTP request, and the answers to it that are healthy. */
export interface HttpTarget extends TlsOptions {
  readonly kind: 'http';
  readonly url: string;
  readonly method: HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expectedCodes: readonly CodeRange[];
  readonly expectedBody?: BodyCondition;
  /** How much of the content `expectedBody` looks at, in bytes; `undefined`: 64 KiB. */
  readonly maxBodyBytes?: number;
  /** Takes any certificate: the server may be anybody then. */
  readonly tlsSkipVerify: boolean;
}

/** A TCP port that accepts a connection. `host` is a name, an IPv4 or an IPv6 address without brackets. */
export interface TcpTarget {
  readonly kind: 'tcp';
  readonly host: string;
  readonly port: number;
}

/** A gRPC server that answers `grpc.health.v1.Health/Check` with SERVING for `service` ('' is the whole server). */
export interface GrpcTarget extends TlsOptions {
  readonly kind: 'grpc';
  readonly host: string;
  readonly port: number;
  readonly service: string;
  readonly tls: boolean;
  /** Takes any certificate: the server may be anybody then. */
  readonly tlsSkipVerify: boolean;
  /** The `:authority` of the call; `undefined`: that of `serverName`, or of `host`, and the port. */
  readonly authority?: string;
}

/** A TLS server whose certificate is valid, and stays so for longer than `warnBeforeMs`. */
export interface TlsTarget extends TlsOptions {
  readonly kind: 'tls';
  readonly host: string;
  readonly port: number;
  readonly warnBeforeMs: number;
  /** Takes any certificate that has not expired; `undefined`: no. */
  readonly tlsSkipVerify?: boolean;
}

/** A name that has records in DNS, asked for without search list and hosts file. Records are in their one form. */
export interface DnsTarget {
  readonly kind: 'dns';
  readonly name: string;
  readonly record: DnsRecordType;
  /** The records that it has, and no others, in any order. */
  readonly expected?: readonly string[];
  /** Records that are among those that it has. */
  readonly contains?: readonly string[];
  /** Who is asked; `undefined`: those whom the system asks. */
  readonly server?: { readonly host: string; readonly port: number };
}

/** What is checked by going there. */
export type ProbeTarget = HttpTarget | TcpTarget | GrpcTarget | TlsTarget | DnsTarget;

/** What a check looks at: an address that is probed, or nothing but the passes that somebody sends in time. */
export type CheckTarget = ProbeTarget | { readonly kind: 'ttl' };

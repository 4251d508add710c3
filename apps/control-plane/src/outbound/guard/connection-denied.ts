/** The settings forbid a connection; the message says which address, what it is, and what would allow it. */
export class ConnectionDenied extends Error {
  override readonly name = 'ConnectionDenied';
}

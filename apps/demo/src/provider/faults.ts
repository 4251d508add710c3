import { Injectable } from '@nestjs/common';

/** Faults that can be switched on in a demo provider. */
@Injectable()
export class Faults {
  /** The process lives, but its heartbeats stop, as in a network partition. */
  silent = false;
  /** The disk of the provider fails its check, so the provider is not ready. */
  disk = false;
}

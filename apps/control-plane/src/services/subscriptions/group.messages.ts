import { nodeBody, type ServiceDirectory } from '../service.directory.js';

/**
 * What subscribers are told of groups, each formed once for all of its subscribers: a group may have thousands of
 * both.
 */
export class GroupMessages {
  private readonly formed = new Map<string, Buffer>();

  constructor(private readonly directory: ServiceDirectory) {}

  /** `{"<group>":[<nodes>]}` as it is now; nodes that are critical are left out. */
  of(group: string): Buffer {
    const known = this.formed.get(group);
    if (known) return known;
    const message = Buffer.from(JSON.stringify({ [group]: this.directory.shown(group).map(nodeBody) }));
    this.formed.set(group, message);
    return message;
  }

  /** The group has changed, or nobody asks for it any more. */
  forget(group: string): void {
    this.formed.delete(group);
  }
}

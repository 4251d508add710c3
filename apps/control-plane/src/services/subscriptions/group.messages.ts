import { instanceBody, type ServiceDirectory } from '../service.directory.js';

/** The most bytes of states that are not the newest any more, and that somebody is still being sent. */
export const MAX_OUTDATED_BYTES = 32 * 1024 * 1024;

/** A state of a group on its way to one client, shared with all others who are sent it. */
export interface GroupMessage {
  /** `{"<group>":[<instances>]}`. */
  readonly text: Buffer;
  /** The client reads too slowly for what there is to be kept for it. */
  readonly drop: () => void;
}

/** A state of a group, and to whom it is on its way. */
interface State {
  readonly text: Buffer;
  readonly messages: Set<GroupMessage>;
}

/**
 * What subscribers are told of groups, each state formed once for all of them: a group may have thousands of instances and
 * of subscribers. Whoever reads slowly keeps a state in memory that has been replaced since; of those there may be so
 * many bytes and no more, then whoever is being sent the oldest is dropped.
 */
export class GroupMessages {
  private readonly newest = new Map<string, State>();
  /** Those that were replaced first come first. */
  private readonly outdated = new Set<State>();
  private readonly stateOf = new Map<GroupMessage, State>();
  /** The bytes of states that are not the newest any more. */
  outdatedBytes = 0;

  constructor(
    private readonly directory: ServiceDirectory,
    private readonly maxOutdatedBytes = MAX_OUTDATED_BYTES,
  ) {}

  /** The state of a group as it is now, instances that are critical left out; to be given back once it is sent. */
  borrow(group: string, drop: () => void): GroupMessage {
    const state = this.newest.get(group) ?? this.form(group);
    const message = { text: state.text, drop };
    state.messages.add(message);
    this.stateOf.set(message, state);
    return message;
  }

  giveBack(message: GroupMessage): void {
    const state = this.stateOf.get(message);
    this.stateOf.delete(message);
    state?.messages.delete(message);
    if (state?.messages.size === 0) this.letGo(state);
  }

  /** The group has changed, or nobody asks for it any more. */
  forget(group: string): void {
    const state = this.newest.get(group);
    if (!state) return;
    this.newest.delete(group);
    if (state.messages.size === 0) return;
    this.outdated.add(state);
    this.outdatedBytes += state.text.length;
    for (const oldest of this.outdated) {
      if (this.outdatedBytes <= this.maxOutdatedBytes) break;
      this.letGo(oldest);
      for (const { drop } of oldest.messages) drop();
    }
  }

  private form(group: string): State {
    const text = Buffer.from(JSON.stringify({ [group]: this.directory.shown(group).map(instanceBody) }));
    const state = { text, messages: new Set<GroupMessage>() };
    this.newest.set(group, state);
    return state;
  }

  private letGo(state: State): void {
    if (this.outdated.delete(state)) this.outdatedBytes -= state.text.length;
  }
}

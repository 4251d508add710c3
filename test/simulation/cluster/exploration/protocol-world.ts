import { ClusterWorld } from './cluster-world.js';
import type { Explorable } from './explore.js';

/** Of the protocol: every step of every part is an action of its own. */
export class ProtocolWorld extends ClusterWorld implements Explorable {
  private crashes = 1;
  private pauses = 1;
  private moves = 2;
  /** A provider beats once a tick. */
  private readonly beaten = new Set<string>();

  actions(): readonly string[] {
    const actions = ['tick'];
    for (const instance of this.instances) {
      const { id } = instance;
      if (!instance.isWell) {
        if (this.group.members.includes(id)) actions.push(`expire ${id}`);
        if (instance.isPaused && !instance.isCrashed) actions.push(`wake ${id}`);
        continue;
      }
      if (!this.beaten.has(this.beating)) actions.push(`beat ${this.beating} ${id}`);
      if (instance.outboxes[0]?.length) actions.push(`append ${id}`);
      if (this.log.at(instance.positions[0] as number)) actions.push(`read ${id}`);
      if (this.store.at(instance.applied)) actions.push(`follow ${id}`);
      if (this.group.hasNews(id)) actions.push(`group ${id}`);
      if (instance.requests.length > 0) actions.push(`raise ${id}`);
      if (instance.answers.length > 0) actions.push(`answer ${id}`);
      if (instance.retries.length > 0) actions.push(`retry ${id}`);
      if (instance.ownerships[0]?.phase === 'judging') actions.push(`sweep ${id}`);
      if (instance.decisions.length > 0) actions.push(`commit ${id}`);
      if (this.crashes > 0) actions.push(`crash ${id}`);
      if (this.pauses > 0) actions.push(`pause ${id}`);
      if (this.moves > 0 && this.group.owners[0] === id) actions.push(`move ${id}`);
    }
    return actions;
  }

  perform(action: string): void {
    const [verb, ...words] = action.split(' ');
    const id = words.at(-1) as string;
    const instance = this.of(id);
    if (verb === 'tick') {
      this.beaten.clear();
      this.passTime();
    } else if (verb === 'beat') {
      this.beaten.add(words[0] as string);
      this.beat(words[0] as string, id);
    } else if (verb === 'append') instance.append(0);
    else if (verb === 'read') instance.read(0);
    else if (verb === 'follow') instance.follow();
    else if (verb === 'group') this.readGroup(instance);
    else if (verb === 'raise') instance.raise();
    else if (verb === 'answer') instance.takeAnswer();
    else if (verb === 'retry') instance.retry(0);
    else if (verb === 'sweep') instance.sweep(0);
    else if (verb === 'commit') instance.commit();
    else if (verb === 'expire') this.group.remove(id);
    else if (verb === 'wake') instance.isPaused = false;
    else if (verb === 'crash') {
      this.crashes--;
      instance.isCrashed = true;
    } else if (verb === 'pause') {
      this.pauses--;
      instance.isPaused = true;
    } else {
      this.moves--;
      this.group.move(0, this.group.members.find((other) => other !== id) ?? id);
    }
    this.tidy();
  }
}

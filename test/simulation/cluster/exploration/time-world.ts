import type { IntervalPolicy } from '@vitals/core/lease';
import { ClusterWorld, type WorldSettings } from './cluster-world.js';
import type { Explorable } from './explore.js';

const PARTS = ['append', 'read', 'store'];

/** Of time: in each tick everybody does its work, but for what is stalled; and a provider may beat, through either instance. */
export class TimeWorld extends ClusterWorld implements Explorable {
  private readonly stalled = new Set<string>();
  private faults: number;

  constructor(settings: WorldSettings, names: readonly string[], policy: IntervalPolicy) {
    super(settings, names, policy);
    this.faults = settings.faults;
  }

  actions(): readonly string[] {
    const actions = ['tick'];
    for (const instance of this.instances) {
      const { id } = instance;
      if (instance.isPaused && !instance.isCrashed) actions.push(`wake ${id}`);
      for (const part of PARTS) if (this.stalled.has(`${part} ${id}`)) actions.push(`resume ${part} ${id}`);
      if (!instance.isWell) continue;
      actions.push(`tick ${id}`);
      if (this.faults === 0) continue;
      for (const part of PARTS) if (!this.stalled.has(`${part} ${id}`)) actions.push(`stall ${part} ${id}`);
      if (this.well.length === 2) actions.push(`crash ${id}`, `pause ${id}`);
    }
    return actions;
  }

  perform(action: string): void {
    const [verb, ...words] = action.split(' ');
    const [id] = words.slice(-1);
    if (verb === 'tick') {
      this.tick((what, of) => this.stalled.has(`${what} ${of}`));
      if (id !== undefined) this.beat(this.beating, id);
      return;
    }
    const instance = this.of(id as string);
    const what = words.join(' ');
    if (verb === 'resume') this.stalled.delete(what);
    else if (verb === 'wake') instance.isPaused = false;
    else {
      this.faults--;
      if (verb === 'crash') instance.isCrashed = true;
      else if (verb === 'pause') instance.isPaused = true;
      else this.stalled.add(what);
    }
  }
}

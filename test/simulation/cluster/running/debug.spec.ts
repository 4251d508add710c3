import { ALL_RULES } from '../model/rules.js';
import { ClusterFaults } from './cluster-faults.js';
import { SimulatedCluster } from './simulate-cluster.js';
import { clusterScenarioOf } from './scenario.js';
import { Instance } from '../model/instance.js';
import { RuledPartition } from '../model/rules.js';
it('debugs', () => {
  const seed = Number(process.env['SEED']);
  const sc = { ...clusterScenarioOf(seed), ...JSON.parse(process.env['O'] ?? '{}') };
  console.log(JSON.stringify(sc));
  const cluster = new SimulatedCluster(sc, ALL_RULES);
  const { engine, oracle, providers } = cluster;
  const events: { at: number; name: string; text: string }[] = [];
  const note = (name: string, text: string) => events.push({ at: engine.nowMs, name, text });
  const accept = Instance.prototype.accept;
  Instance.prototype.accept = function (name: string) {
    const told = accept.call(this, name);
    note(name, `${told === undefined ? 'REFUSED' : `accepted told ${told}`} by ${this.id}`);
    return told;
  };
  const onBeat = RuledPartition.prototype.onBeat;
  RuledPartition.prototype.onBeat = function (lease, told, instance) {
    onBeat.call(this, lease, told, instance);
    const owner = cluster.running.find((r) => r.instance.partitions.includes(this));
    note(
      lease.name,
      `heard at ${owner?.instance.id} via ${instance} P ${Math.round(this.nowMs())} deadline ${Math.round(lease.deadlineMs)}`,
    );
  };
  const ext = (RuledPartition.prototype as never as { extendForDead: (d: string[]) => void }).extendForDead;
  (RuledPartition.prototype as never as { extendForDead: (d: string[]) => void }).extendForDead = function (
    this: RuledPartition,
    d: string[],
  ) {
    ext.call(this, d);
    const owner = cluster.running.find((r) => r.instance.partitions.includes(this));
    note(
      '*',
      `${owner?.instance.id} gives up ${d} in ${owner?.instance.partitions.indexOf(this)} P ${this.nowMs()}`,
    );
  };
  const committed = oracle.onCommitted.bind(oracle);
  oracle.onCommitted = (c) => {
    committed(c);
    if (c.kind === 'transition')
      note(
        c.transition.subject,
        `${c.transition.from}→${c.transition.to} by ${c.transition.instance} ${JSON.stringify(c.transition.stamp)}`,
      );
    if (c.kind === 'taken') note('*', JSON.stringify(c.taken));
  };
  for (let count = 0; count < sc.instances; count++) cluster.boot();
  cluster.watch();
  engine.runUntil(3_000);
  for (const provider of providers.values()) provider.start();
  const faults = new ClusterFaults(cluster, sc.minutes * 60000);
  const f = faults as never as { note: (k: string) => void };
  const old = f.note.bind(faults);
  f.note = (k) => {
    old(k);
    if (k !== 'provider crash') note('*', `FAULT ${k}`);
  };
  faults.start();
  engine.runUntil(sc.minutes * 60000 + 240000);
  const [first] = oracle.findings;
  if (!first) return console.log('none');
  console.log(JSON.stringify(oracle.findings.slice(0, 5)));
  for (const e of events)
    if (
      (e.name === first.subject || (e.name === '*' && (!e.text.includes('"partition"') || true))) &&
      e.at <= first.atMs &&
      e.at > first.atMs - Number(process.env['B'] ?? 80000)
    )
      console.log(e.at, e.name, e.text);
  const p = providers.get(first.subject);
  void p;
});

// Loaded into the control plane by the fuzz run, before it: tells over the parent's channel what is held, and keeps
// the checks that chance defines on this machine, for addresses that are not public are denied and no name is known.
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';

const unknown = () =>
  Promise.reject(Object.assign(new Error('there are no names in a fuzz run'), { code: 'ENOTFOUND' }));
dns.lookup = unknown;
for (const name of Object.getOwnPropertyNames(dns.Resolver.prototype)) {
  if (name.startsWith('resolve')) dns.Resolver.prototype[name] = unknown;
}
syncBuiltinESMExports();

const { value: connect } = Object.getOwnPropertyDescriptor(Socket.prototype, 'connect');
Socket.prototype.connect = function connectHere(...args) {
  const [first, second] = args.flat();
  const { host } = typeof first === 'object' ? first : { host: second };
  if (typeof host === 'string' && !/^(127\.|::1$|localhost$)/.test(host))
    throw new Error(`a fuzz run does not connect to ${host}`);
  return connect.apply(this, args);
};

process.on('message', () => void tell());

async function tell() {
  // what was freed by one turn is collected in the next
  for (let times = 0; times < 3; times++) {
    globalThis.gc();
    await new Promise((resume) => setTimeout(resume, 20));
  }
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  process.send({ ...process.memoryUsage(), resources });
}

process.on('disconnect', () => process.exit(1));
process.channel.unref();

import { Agent } from 'node:http';
import { exchange } from './exchange.js';

const AT_ONCE = 32;

/** Removes every provider, check, node of a service and token that was given out, and leaves no connection behind. */
export async function removeEverything(port, adminToken) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const send = async (method, path) => {
    const headers = [['Authorization', `Bearer ${adminToken}`]];
    const answer = await exchange({ method, path, headers, framing: 'length' }, { port, agent });
    if (answer.status === 200 || answer.status === 204) return answer.text && JSON.parse(answer.text);
    throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  };
  for (;;) {
    const { providers } = await send('GET', '/providers?max_page_size=1000');
    const { checks } = await send('GET', '/checks?max_page_size=1000');
    const services = await send('GET', '/services');
    const { tokens } = await send('GET', '/tokens');
    const paths = [
      ...providers.map(({ name }) => `/providers/${name}`),
      ...tokens.map(({ id }) => `/tokens/${id}`),
      ...checks.filter(({ source }) => source === 'api').map(({ id }) => `/checks/${encodeURIComponent(id)}`),
      ...Object.entries(services).flatMap(([group, nodes]) => nodes.map((node) => pathOfNode(group, node))),
    ];
    if (paths.length === 0) break;
    for (let at = 0; at < paths.length; at += AT_ONCE) {
      await Promise.all(paths.slice(at, at + AT_ONCE).map((path) => send('DELETE', path)));
    }
  }
  agent.destroy();
}

function pathOfNode(group, { protocol, address, port }) {
  const [serviceId, tag = ''] = group.split('|');
  return `/services?${new URLSearchParams({ serviceId, tag, protocol, address, port })}`;
}

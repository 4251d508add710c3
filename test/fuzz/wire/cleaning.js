import { Agent } from 'node:http';
import { exchange } from './exchange.js';

const AT_ONCE = 32;

/** Removes every provider and every token that was given out, and leaves no connection behind. */
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
    const { tokens } = await send('GET', '/tokens');
    const paths = [
      ...providers.map(({ name }) => `/providers/${name}`),
      ...tokens.map(({ id }) => `/tokens/${id}`),
    ];
    if (paths.length === 0) break;
    for (let at = 0; at < paths.length; at += AT_ONCE) {
      await Promise.all(paths.slice(at, at + AT_ONCE).map((path) => send('DELETE', path)));
    }
  }
  agent.destroy();
}

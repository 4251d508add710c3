import { MAX_PAGE_BYTES } from '../../apps/control-plane/src/http/list-page.js';
import { LongAnswers, METADATA_BYTES, turns } from '../support/long-answers.js';

const PIPELINED = 100;
const LISTS = ['/providers?max_page_size=1000', '/services/check', '/checks?max_page_size=1000'];

let long: LongAnswers;
beforeAll(async () => (long = await LongAnswers.start()), 180_000);
afterEach(() => long.closeAll());
afterAll(() => long.stop());

describe('Answers that nobody reads', () => {
  it('are formed one at a time: what else the connection asks for waits, and nothing of it is held', async () => {
    await long.askAndNotRead(LISTS, PIPELINED);
    await long.settled();
    expect(long.front.turns.size).toBeGreaterThan(PIPELINED);
    expect(long.front.answers.heldBytes).toBeLessThanOrEqual(MAX_PAGE_BYTES + METADATA_BYTES);
  });

  it('hold no more than a page for each connection, and beats and health are answered meanwhile', async () => {
    for (let count = 0; count < 10; count++) await long.askAndNotRead(LISTS, PIPELINED);
    await long.settled();
    expect(long.front.answers.heldBytes).toBeLessThanOrEqual(10 * (MAX_PAGE_BYTES + METADATA_BYTES));
    expect((await fetch(`${long.url}/healthz`)).status).toBe(204);
    expect((await fetch(`${long.url}/health`)).status).toBe(200);
    expect((await long.plane.beat('p000')).status).toBe(200);
  });

  it('are all told, each whole and in its order, once they are read', async () => {
    const socket = await long.askAndNotRead(['/services', '/healthz', '/providers/none/status'], 20);
    await long.settled();
    const statuses: string[] = [];
    let rest = '';
    socket.on('data', (data: Buffer) => {
      rest += data.toString('latin1');
      statuses.push(...[...rest.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status as string));
      rest = rest.slice(-11);
    });
    socket.resume();
    while (statuses.length < 60) await turns(1);
    expect(statuses).toEqual(Array.from({ length: 20 }, () => ['200', '204', '404']).flat());
  });

  it('keep nothing of the process once their reader goes away', async () => {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => long.askAndNotRead(LISTS, PIPELINED)));
    await long.settled();
    for (const socket of sockets) socket.destroy();
    while (long.front.turns.size > 0 || long.front.answers.heldBytes > 0) await turns(1);
  });

  it.each([
    ['a bad request', 'NOT HTTP\r\n\r\n', 'HTTP/1.1 400'],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: wonders\r\n\r\n', 'HTTP/1.1 417'],
    ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nhost: localhost\r\n\r\n', 'HTTP/1.1 400'],
    [
      'an upgrade that is refused',
      'GET /nowhere HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      'HTTP/1.1 404',
    ],
    [
      'an offer of HTTP/2',
      'GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade, close\r\nupgrade: h2c\r\n\r\n',
      'HTTP/1.1 204',
    ],
  ])('are told before the answer to %s that came behind them', async (_what, behind, last) => {
    const socket = await long.askAndNotRead(['/providers?max_page_size=1000'], 12);
    socket.write(behind);
    await long.settled();
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString('latin1'))).resume();
    while (!text.includes(last)) await turns(1);
    const heads = text.match(/HTTP\/1\.1 \d{3}/g) ?? [];
    expect(heads).toEqual([...Array.from({ length: 12 }, () => 'HTTP/1.1 200'), last]);
  });
});

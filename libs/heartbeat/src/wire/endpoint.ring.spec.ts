import fc from 'fast-check';
import { EndpointRing } from './endpoint.ring.js';

const URLS = ['a', 'b', 'c'].map((host) => new URL(`http://${host}/`));

function hostsAfter(ring: EndpointRing, holdsMs: readonly number[], nowMs = 0): string[] {
  return holdsMs.map((holdMs) => {
    if (!ring.fail(nowMs, holdMs)) ring.resume(nowMs);
    return ring.current.host;
  });
}

describe('EndpointRing', () => {
  it('stays with the endpoint that answers, and goes round the others when it fails', () => {
    const ring = new EndpointRing(URLS);
    ring.succeed();
    expect(ring.current.host).toBe('a');
    expect(hostsAfter(ring, [0, 0, 0, 0])).toEqual(['b', 'c', 'a', 'b']);
    ring.succeed();
    expect(ring.current.host).toBe('b');
  });

  it('says when every endpoint has failed once since the last success', () => {
    const ring = new EndpointRing(URLS);
    expect([0, 0, 0].map(() => ring.fail(0, 0))).toEqual([true, true, false]);
    expect([ring.failedRounds, ring.untried]).toEqual([1, 3]);
    ring.resume(0);
    ring.fail(0, 0);
    expect([ring.failedRounds, ring.untried]).toEqual([1, 2]);
    ring.succeed();
    expect([ring.failedRounds, ring.untried]).toEqual([0, 3]);
  });

  it('leaves one alone that asked for it, no other for its sake, and comes back to it', () => {
    const ring = new EndpointRing(URLS);
    expect(hostsAfter(ring, [5_000, 0, 0, 0])).toEqual(['b', 'c', 'b', 'c']);
    expect(hostsAfter(ring, [0, 0], 5_000)).toEqual(['a', 'b']);
  });

  it('waits for the first that may be asked when all have asked to be left alone', () => {
    const ring = new EndpointRing(URLS);
    for (const holdMs of [9_000, 4_000, 6_000]) ring.fail(0, holdMs);
    expect(ring.resume(200)).toBe(4_000);
    expect(ring.current.host).toBe('b');
  });

  it('has its only endpoint wait as long as that asks, and no shorter than the backoff', () => {
    const ring = new EndpointRing(URLS.slice(0, 1));
    expect([ring.fail(0, 3_000), ring.resume(200), ring.current.host]).toEqual([false, 3_000, 'a']);
    expect([ring.fail(0, 100), ring.resume(200), ring.current.host]).toEqual([false, 200, 'a']);
  });

  it('goes where its leader goes until it fails there, and leads that nowhere', () => {
    const leader = new EndpointRing(URLS);
    const ring = new EndpointRing(URLS, leader);
    leader.fail(0, 0);
    expect(ring.current.host).toBe('b');
    ring.fail(0, 0);
    expect([ring.current.host, leader.current.host]).toEqual(['c', 'b']);
    leader.fail(0, 0);
    leader.succeed();
    ring.succeed();
    leader.fail(0, 0);
    expect([ring.current.host, leader.current.host]).toEqual(['a', 'a']);
  });

  it('says something once to the current one first, and last to those that asked to be left alone', () => {
    const ring = new EndpointRing(URLS);
    ring.fail(0, 0);
    ring.fail(0, 1_000);
    expect(ring.inOrder(500).map(({ host }) => host)).toEqual(['c', 'a', 'b']);
    expect(ring.inOrder(1_500).map(({ host }) => host)).toEqual(['c', 'a', 'b']);
  });

  it('never asks one before its time, and every one of a round, whatever fails', () => {
    const failures = fc.array(fc.record({ holdMs: fc.nat(5_000), waitMs: fc.nat(3_000) }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), failures, (count, all) => {
        const endpoints = Array.from({ length: count }, (_, at) => new URL(`http://${at}/`));
        const ring = new EndpointRing(endpoints);
        const freeMs = new Map<string, number>();
        let nowMs = 0;
        for (const { holdMs, waitMs } of all) {
          expect(nowMs).toBeGreaterThanOrEqual(freeMs.get(ring.current.host) ?? 0);
          freeMs.set(ring.current.host, nowMs + holdMs);
          const rounds = ring.failedRounds;
          if (ring.fail(nowMs, holdMs)) expect(ring.failedRounds).toBe(rounds);
          else nowMs = ring.resume(nowMs + waitMs);
        }
      }),
    );
  });
});

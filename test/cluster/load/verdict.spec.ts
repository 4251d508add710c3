import { type Evidence, judge, type SeenTransition } from './verdict.js';

const BEAT = {
  sequence: 1,
  kind: 'provider',
  subject: 'a',
  from: 'Unknown',
  to: 'Available',
  cause: '',
  at: '',
};
const SILENT = { ...BEAT, sequence: 2, from: 'Available', to: 'Unavailable' };
const DEATH = { provider: 'a', ackedMs: 1_000, fromMs: 1_100, untilMs: Number.POSITIVE_INFINITY };

const seenAt = (seenMs: number, transition: object = {}): SeenTransition => ({
  ...SILENT,
  ...transition,
  seenMs,
});

/** One instance that told of one death in time, and a service that was probed every second. */
function verdictOn(differs: Partial<Evidence>) {
  return judge({
    logs: [[BEAT, SILENT]],
    seen: [seenAt(6_000)],
    silences: [DEATH],
    registeredMs: new Map([
      ['a', 0],
      ['b', 0],
    ]),
    providers: new Set(['a', 'b']),
    services: new Set(['s']),
    deadlineMs: 4_000,
    probes: new Map([['s', [0, 1_000, 2_000, 3_000]]]),
    intervalMs: 1_000,
    probedMs: { from: 0, to: 3_500, longest: 2_000 },
    ...differs,
  });
}

describe('The verdict on a cluster', () => {
  it('finds nothing where everything was told once and in time', () => {
    expect(verdictOn({})).toEqual({
      checksMissed: 0,
      checksDoubled: 0,
      transitionsLost: 0,
      transitionsDoubled: 0,
      falseMarks: 0,
      longestGapMs: 1_000,
      findings: [],
    });
  });

  it.each<[string, Partial<Evidence>, object]>([
    ['a death that nobody told of', { seen: [] }, { transitionsLost: 1 }],
    ['a hole in the sequence of one instance', { logs: [[BEAT, SILENT], [SILENT]] }, { transitionsLost: 1 }],
    ['what one instance does not know yet', { logs: [[BEAT, SILENT], [BEAT]] }, { transitionsLost: 1 }],
    ['a sequence number that occurs twice', { logs: [[BEAT, SILENT, SILENT]] }, { transitionsDoubled: 2 }],
    [
      'a death that was told twice',
      { logs: [[BEAT, SILENT, { ...SILENT, sequence: 3 }]] },
      { transitionsDoubled: 1 },
    ],
    [
      'a change that does not continue the one before',
      { logs: [[BEAT, { ...SILENT, from: 'Unknown' }]] },
      { transitionsDoubled: 1 },
    ],
    [
      'a mark of a provider that sends',
      { seen: [seenAt(6_000), seenAt(6_000, { subject: 'b' })] },
      { falseMarks: 1 },
    ],
    ['a mark before the deadline', { seen: [seenAt(4_900)] }, { falseMarks: 1 }],
    [
      'a mark of a service that is well',
      { seen: [seenAt(6_000), seenAt(6_000, { kind: 'service', subject: 's', to: 'Critical' })] },
      { falseMarks: 1 },
    ],
    ['a check that was left out', { probes: new Map([['s', [0, 1_000, 3_400]]]) }, { checksMissed: 1 }],
    ['a check that stopped for good', { probes: new Map([['s', [0, 1_000]]]) }, { checksMissed: 1 }],
    [
      'a check that was run twice',
      { probes: new Map([['s', [0, 1_000, 1_010, 2_000, 3_000]]]) },
      { checksDoubled: 1 },
    ],
    ['nothing for a probe that came late', { probes: new Map([['s', [0, 1_000, 2_900, 3_000]]]) }, {}],
  ])('counts %s', (_what, differs, counts) => {
    const none = {
      checksMissed: 0,
      checksDoubled: 0,
      transitionsLost: 0,
      transitionsDoubled: 0,
      falseMarks: 0,
    };
    expect(verdictOn(differs)).toMatchObject({ ...none, ...counts });
  });
});

import type { Round } from './round.js';
import { isClean, summaryOf, tableOf } from './table.js';

const CLEAN: Round = {
  fault: 'kill-owner',
  checksMissed: 0,
  checksDoubled: 0,
  transitionsLost: 0,
  transitionsDoubled: 0,
  falseMarks: 0,
  acknowledgedLost: 0,
  acknowledged: 10,
  longestGapMs: 2_000,
  longestSilenceMs: 1_500,
  slowestDetectionMs: 9_000,
  resumedMs: 300,
  transitions: 70,
  findings: [],
};

describe('The table of faults', () => {
  it('adds up the runs of a fault, and has the longest of their times', () => {
    const rows = tableOf([CLEAN, { ...CLEAN, falseMarks: 2, longestGapMs: 8_000 }])
      .trim()
      .split('\n');
    expect(rows).toHaveLength(3);
    expect(rows[2]).toBe('| kill-owner | 2 | 0 | 0 | 0 | 0 | 2 | 0 | 8000 | 1500 | 9000 | 300 |');
  });

  it.each<[string, Partial<Round>, boolean]>([
    ['nothing was counted', {}, true],
    ['one was marked', { falseMarks: 1 }, false],
    ['something acknowledged was lost', { acknowledgedLost: 1 }, false],
    ['not everything resumed', { resumedMs: Number.POSITIVE_INFINITY }, false],
  ])('knows whether a run is clean: %s', (_what, differs, expected) => {
    expect(isClean({ ...CLEAN, ...differs })).toBe(expected);
  });

  it('shows five of many findings that are alike', () => {
    const findings = Array.from({ length: 9 }, (_, at) => `provider ${at} is lost`);
    expect(summaryOf([...findings, 'something else'])).toEqual([
      ...findings.slice(0, 5),
      '… and 4 more like these',
      'something else',
    ]);
  });
});

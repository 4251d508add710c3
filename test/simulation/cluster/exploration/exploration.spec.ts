import type { Rules } from '../model/rules.js';
import { exploreSubject, SUBJECTS, type Subject } from './subjects.js';

/** What a test has time for; the long run goes deeper. */
const DEPTHS = [4, 4, 5, 5, 6, 4];
const FUTURE_EVERY = 25;

const subjects = SUBJECTS.map((subject, at) => [subject.name, subject, DEPTHS[at] as number] as const);
/** What goes wrong needs time, and the ticks in which nothing does need not be sought. */
const ofTime: Subject = { ...(SUBJECTS[4] as Subject), before: ['tick', 'tick'] };
const overtaken = SUBJECTS[2] as Subject;
const moving = SUBJECTS[1] as Subject;

describe('Two instances, one partition and two providers, in every order', () => {
  it.each(subjects)('hold to the rules and settle in the end: %s', (_, subject, depth) => {
    const { states, depth: done, violations } = exploreSubject(subject, { depth, futureEvery: FUTURE_EVERY });
    expect([violations, done]).toEqual([[], depth]);
    expect(states).toBeGreaterThan(1_000);
  });
});

describe('The exploration finds what goes wrong', () => {
  it.each<[string, Subject, Partial<Rules>, string]>([
    ['without epochs', overtaken, { epochs: false }, 'a decision of an old epoch was taken'],
    ['without watermarks', ofTime, { watermarks: false }, 'false Unavailable'],
    ['without extension for a dead front', ofTime, { extension: 'none' }, 'false Unavailable'],
    [
      'with an extension only of leases last renewed through the dead front',
      ofTime,
      { extension: 'via' },
      'false Unavailable',
    ],
    ['with the state updated before the commit', ofTime, { commitFirst: false }, 'nobody committed it'],
    ['without deciding again', moving, { decideAgain: false }, 'although it was heard again'],
  ])('%s', (_, subject, rules, what) => {
    const { violations } = exploreSubject(
      subject,
      { depth: 7, maxTransitions: 60_000, futureEvery: 1e9 },
      rules,
    );
    expect(violations[0]?.what).toContain(what);
  });
});

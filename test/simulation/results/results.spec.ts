import { readFileSync } from 'node:fs';
import { pageWith } from './page.js';
import type { Results } from './results.js';
import { addDetections, emptyTally, quantileMs, sum } from './tally.js';

const page = readFileSync('docs/fault-model.md', 'utf8');
const results = JSON.parse(readFileSync('docs/fault-model.results.json', 'utf8')) as Results;

describe('The long run of the simulation', () => {
  it('has 1,000 seeds and a million provider-hours, and found no violation', () => {
    const { total } = results.model;
    expect(total.seeds).toBeGreaterThanOrEqual(1_000);
    expect(total.providerHours).toBeGreaterThanOrEqual(1_000_000);
    expect(total.violations).toEqual({});
    expect(total.worstShareOfBound).toBeLessThanOrEqual(1);
  });

  it('found violations for each rule that was taken away, and none of the product there', () => {
    expect(results.ablations).toHaveLength(5);
    for (const { violations, violationsOfTheProduct } of results.ablations) {
      expect(Object.values(violations).reduce((total, count) => total + count, 0)).toBeGreaterThan(0);
      expect(violationsOfTheProduct).toBe(0);
    }
  });

  it('is what the page shows', () => {
    expect(pageWith(page, results)).toBe(page);
  });
});

describe('Tally', () => {
  it('adds up, and tells the time within which a share was found', () => {
    const [one, other] = [emptyTally(), emptyTally()];
    addDetections(one, [1_000, 2_000, 3_050]);
    addDetections(other, [9_000]);
    other.violations = { 'false Unavailable': 2 };
    const total = sum([one, other, other]);
    expect(total).toMatchObject({ crashesFound: 5, worstDetectionMs: 9_000 });
    expect(total.violations).toEqual({ 'false Unavailable': 4 });
    expect([quantileMs(total, 0.2), quantileMs(total, 0.5), quantileMs(total, 1)]).toEqual([
      1_100, 3_100, 9_100,
    ]);
    expect(quantileMs(emptyTally(), 0.5)).toBe(0);
  });
});

import { readFileSync } from 'node:fs';
import { pageWith } from './page.js';
import { count, type Results } from './results.js';

const page = readFileSync('docs/service-checks-simulation.md', 'utf8');
const results = JSON.parse(readFileSync('docs/service-checks.results.json', 'utf8')) as Results;

describe('The long run of services and checks', () => {
  it('has a day of a thousand services at least, and found no violation', () => {
    expect(results.model.serviceHours).toBeGreaterThanOrEqual(24_000);
    expect(results.model.violations).toEqual({});
    expect(results.model.worstShareOfBound).toBeLessThanOrEqual(1);
  });

  it('found violations for each rule that was taken away, and none of the product there', () => {
    expect(results.ablations).toHaveLength(5);
    for (const { violations, violationsOfTheProduct } of results.ablations) {
      expect(count(violations)).toBeGreaterThan(0);
      expect(violationsOfTheProduct).toBe(0);
    }
  });

  it('is what the page shows', () => {
    expect(pageWith(page, results)).toBe(page);
  });
});

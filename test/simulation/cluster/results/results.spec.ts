import { readFileSync } from 'node:fs';
import { countOf } from './jobs.js';
import { clusterPageWith } from './page.js';
import type { ClusterResults } from './results.js';

const page = readFileSync('docs/cluster-simulation.md', 'utf8');
const results = JSON.parse(readFileSync('docs/cluster-simulation.results.json', 'utf8')) as ClusterResults;

describe('The long run of the cluster', () => {
  it('has explored a million actions, and simulated thousands of seeds, and found no violation', () => {
    const { exploration, model, calm } = results;
    expect(exploration.reduce((sum, { transitions }) => sum + transitions, 0)).toBeGreaterThan(1_000_000);
    expect(exploration.map(({ violations }) => violations)).toEqual(exploration.map(() => 0));
    expect(model.seeds).toBeGreaterThanOrEqual(2_000);
    expect([model.violations, calm.violations]).toEqual([{}, {}]);
  });

  it('found violations for each rule that was taken away, and none of the product there', () => {
    expect(results.ablations).toHaveLength(9);
    for (const { violations, violationsOfTheProduct } of results.ablations) {
      expect(countOf(violations)).toBeGreaterThan(0);
      expect(violationsOfTheProduct).toBe(0);
    }
  });

  it('is what the page shows', () => {
    expect(clusterPageWith(page, results)).toBe(page);
  });
});

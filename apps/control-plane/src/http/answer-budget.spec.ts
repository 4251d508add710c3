import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { AnswerBudget, SMALL_BYTES } from './answer-budget.js';

const LARGE = SMALL_BYTES + 1;
const MINUTE_MS = 60_000;

/** A response whose connection can go away. */
class Answer extends EventEmitter {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const admits = (budget: AnswerBudget, answer: Answer, bytes: number): boolean =>
  budget.admits(answer as unknown as ServerResponse, bytes);

describe('AnswerBudget', () => {
  it('has no room for a large answer that makes it too much, until another has left', () => {
    const budget = new AnswerBudget(2 * LARGE);
    const [first, second, third] = [new Answer(), new Answer(), new Answer()];
    expect([admits(budget, first, LARGE), admits(budget, second, LARGE)]).toEqual([true, true]);
    expect([admits(budget, third, LARGE), budget.heldBytes]).toEqual([false, 2 * LARGE]);
    first.emit('close');
    expect([admits(budget, third, LARGE), budget.heldBytes]).toEqual([true, 2 * LARGE]);
  });

  it('always has room for a small answer', () => {
    const budget = new AnswerBudget(LARGE);
    expect(admits(budget, new Answer(), LARGE)).toBe(true);
    for (let count = 0; count < 10_000; count++) expect(admits(budget, new Answer(), SMALL_BYTES)).toBe(true);
    expect(budget.heldBytes).toBe(LARGE);
  });

  it('makes room by cutting off those who have been reading for more than a minute, the oldest first, and no more than it must', () => {
    let nowMs = 0;
    const budget = new AnswerBudget(3 * LARGE, () => nowMs);
    const held = [new Answer(), new Answer(), new Answer()];
    for (const answer of held) {
      admits(budget, answer, LARGE);
      nowMs += 1_000;
    }
    nowMs = MINUTE_MS;
    expect(admits(budget, new Answer(), LARGE)).toBe(false);
    nowMs = MINUTE_MS + 10_000;
    expect(admits(budget, new Answer(), LARGE)).toBe(true);
    expect(held.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
    expect(budget.heldBytes).toBe(3 * LARGE);
  });

  it('counts nothing of an answer whose reader has gone before it was formed', () => {
    const budget = new AnswerBudget();
    const answer = new Answer();
    answer.destroy();
    expect([admits(budget, answer, LARGE), budget.heldBytes]).toEqual([true, 0]);
  });

  it('counts an answer that is given up and closes once', () => {
    const budget = new AnswerBudget();
    const answer = new Answer();
    admits(budget, answer, LARGE);
    admits(budget, answer, 2 * LARGE);
    expect(budget.heldBytes).toBe(2 * LARGE);
    answer.emit('close');
    answer.emit('close');
    expect(budget.heldBytes).toBe(0);
  });
});

const waiting: (() => void)[] = [];

/**
 * Resolves in a later turn of the event loop, for one of all who wait in each turn, in their order. Long work that is
 * done a little at a time, and waits for this in between, keeps nobody else waiting for longer than a little: however
 * much of it there is at a time.
 */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(resumeNext);
  });
}

function resumeNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(resumeNext);
}

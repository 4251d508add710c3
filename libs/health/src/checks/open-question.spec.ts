import { OpenQuestion } from './provide-check.js';

function questions() {
  const put: { resolve: (answer: number) => void; reject: (error: Error) => void }[] = [];
  const question = new OpenQuestion(
    () => new Promise<number>((resolve, reject) => void put.push({ resolve, reject })),
  );
  return { put, question };
}

const { signal } = new AbortController();

describe('an open question', () => {
  it('is put once for all who ask before it is answered, and again after', async () => {
    const { put, question } = questions();
    const asked = [question.ask(signal), question.ask(signal)];
    put[0]?.resolve(1);
    expect(await Promise.all(asked)).toEqual([1, 1]);
    const again = question.ask(signal);
    put[1]?.resolve(2);
    expect(await again).toBe(2);
    expect(put).toHaveLength(2);
  });

  it('is put again after it failed', async () => {
    const { put, question } = questions();
    const failing = question.ask(signal);
    put[0]?.reject(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    const again = question.ask(signal);
    put[1]?.resolve(1);
    expect(await again).toBe(1);
  });

  it('stays open for the next when who asked has no more time', async () => {
    const { put, question } = questions();
    const abort = new AbortController();
    const first = question.ask(abort.signal);
    abort.abort(new Error('late'));
    await expect(first).rejects.toThrow('late');
    const next = question.ask(signal);
    put[0]?.resolve(1);
    expect(await next).toBe(1);
    expect(put).toHaveLength(1);
  });

  it('that throws is a rejection, and can be put again', async () => {
    let calls = 0;
    const question = new OpenQuestion<number>(() => {
      if (calls++ === 0) throw new Error('not now');
      return Promise.resolve(1);
    });
    await expect(question.ask(signal)).rejects.toThrow('not now');
    expect(await question.ask(signal)).toBe(1);
  });
});

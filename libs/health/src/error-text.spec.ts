import { textOf } from './error-text.js';

const self = new Error('self');
self.cause = self;

describe('textOf', () => {
  it('is the stack, and the stacks of the causes', () => {
    const inner = new Error('inner');
    const middle = new Error('middle', { cause: inner });
    const outer = new Error('outer', { cause: middle });
    expect(textOf(outer)).toBe(`${outer.stack}\ncaused by: ${middle.stack}\ncaused by: ${inner.stack}`);
  });

  it.each<[string, unknown, string | undefined]>([
    ['text', 'refused', 'refused'],
    ['nothing', undefined, 'undefined'],
    ['an error that is its own cause', self, self.stack],
    ['an object without a text', Object.create(null), 'an error that cannot be read'],
    ['an error without a stack', Object.assign(new Error('no'), { stack: undefined }), 'Error: no'],
  ])('is known of %s', (_what, error, text) => {
    expect(textOf(error)).toBe(text);
  });
});

import { refuse, refuseEqual, refuseFault, refuseOptions } from './index.js';

describe('a refusal', () => {
  it('is a VitalsError with the fault and its cause', () => {
    const cause = new Error('EADDRINUSE');
    expect(() => refuse('the port is in use', cause)).toThrow(
      expect.objectContaining({ code: 'declaration-invalid', message: 'the port is in use', cause }),
    );
    expect(() => refuse('no cause')).toThrow(expect.not.objectContaining({ cause: undefined }));
  });

  it('is there only where there is a fault', () => {
    expect(() => refuseFault(undefined)).not.toThrow();
    expect(() => refuseFault('wrong')).toThrow('wrong');
  });

  it('of options has one fault in one line, and counts several, in a line each', () => {
    expect(() => refuseOptions('It', 'every: no')).toThrow(/^It: every: no$/);
    expect(() => refuseOptions('It', 'every: no\nname: no')).toThrow(
      /^It: 2 options are wrong:\n {2}every: no\n {2}name: no$/,
    );
  });

  it('is of the first two that are equal', () => {
    const say = (first: string, second: string): string => `${first} and ${second}`;
    const initial = (text: string): string => text.charAt(0);
    expect(() => refuseEqual(['ash', 'birch', 'cedar'], initial, say)).not.toThrow();
    expect(() => refuseEqual(['ash', 'birch', 'alder', 'beech'], initial, say)).toThrow('ash and alder');
  });
});

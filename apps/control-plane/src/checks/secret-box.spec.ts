import fc from 'fast-check';
import { SecretBox } from './secret-box.js';

const OLD = 'o'.repeat(32);
const NEW = 'n'.repeat(32);

describe('SecretBox', () => {
  it('opens whatever it sealed, with the same context alone', () => {
    const box = new SecretBox([NEW]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (text, context, other) => {
        const sealed = box.seal(text, context);
        expect(box.open(sealed, context)).toEqual({ text, isCurrent: true });
        if (other !== context) expect(box.open(sealed, other)).toEqual({ failure: 'changed' });
      }),
    );
  });

  it('finds out every change of a byte', () => {
    const box = new SecretBox([NEW]);
    const bytes = Buffer.from(box.seal('Bearer 1', 'c'), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 1;
      expect(box.open(changed.toString('base64url'), 'c')).toHaveProperty('failure');
    }
    for (let length = 0; length < bytes.length; length++)
      expect(box.open(bytes.subarray(0, length).toString('base64url'), 'c')).toHaveProperty('failure');
  });

  it('seals nothing twice in the same way', () => {
    const box = new SecretBox([NEW]);
    const sealed = new Set(Array.from({ length: 100 }, () => box.seal('the same', 'c')));
    expect(sealed.size).toBe(100);
  });

  it('opens with an older key what that sealed, and says so; seals with the first', () => {
    const sealed = new SecretBox([OLD]).seal('x', 'c');
    expect(new SecretBox([NEW, OLD]).open(sealed, 'c')).toEqual({ text: 'x', isCurrent: false });
    expect(new SecretBox([NEW]).open(sealed, 'c')).toEqual({ failure: 'other-key' });
    expect(new SecretBox([]).open(sealed, 'c')).toEqual({ failure: 'other-key' });
    const again = new SecretBox([NEW, OLD]).seal('x', 'c');
    expect(new SecretBox([NEW]).open(again, 'c')).toEqual({ text: 'x', isCurrent: true });
  });

  it('opens what the format of version 1 is, so that it never changes unseen', () => {
    // version 1, sealed with 32 times "n" in the context "c"
    expect(new SecretBox([NEW]).open(VERSION_1, 'c')).toEqual({ text: 'Bearer 1', isCurrent: true });
  });
});

const VERSION_1 = 'AXQVvPnJBIhtqNoRyrIQQxBZVXhHxPKBe6eXgwZ2OGdmC6i86X-HM2Y';

import type { Reservation } from './reservation.js';
import { ReservationBook } from './reservation-book.js';

const NOTHING = {};

function held(id: string, more: Partial<Reservation> = {}): Reservation {
  return { id, provider: 'p', resources: { cpu: 1 }, state: 'held', expiresAtMs: 1_000, ...more };
}

function hold(book: ReservationBook, reservation: Reservation): void {
  book.settle(book.hold(reservation, NOTHING));
}

function bookOf(...reservations: Reservation[]): ReservationBook {
  const book = new ReservationBook();
  for (const one of reservations) hold(book, one);
  return book;
}

function cpu(book: ReservationBook): number {
  return book.account('p')?.reserved.cpu ?? 0;
}

function failure(code: string) {
  return expect.objectContaining({ code });
}

describe('ReservationBook', () => {
  it('takes resources as soon as a reservation begins, and gives them back if it is undone', () => {
    const book = new ReservationBook();
    const change = book.hold(held('a'), NOTHING);
    expect(change).toEqual({ before: undefined, after: held('a') });
    expect(cpu(book)).toBe(1);
    book.undo(change);
    expect(cpu(book)).toBe(0);
    expect(book.get('a')).toBeUndefined();
    expect(book.size).toBe(0);
  });

  it('gives resources back only when the end is settled', () => {
    const book = bookOf(held('a'));
    const change = book.release('a');
    expect(change.after.state).toBe('released');
    expect(cpu(book)).toBe(1);
    book.undo(change);
    expect(book.get('a')?.state).toBe('held');
    book.settle(book.release('a'));
    expect(cpu(book)).toBe(0);
    expect(book.get('a')).toBeUndefined();
  });

  it('keeps what is confirmed beyond its end, until it is released', () => {
    const book = bookOf(held('a'));
    book.settle(book.confirm('a', 999));
    expect(book.get('a')?.state).toBe('confirmed');
    expect(book.expireDue(5_000, 10)).toEqual([]);
    book.settle(book.confirm('a', 5_000));
    book.settle(book.release('a'));
    expect(cpu(book)).toBe(0);
  });

  it('refuses to confirm from the end on, whether or not that was noticed, settled or forgotten', () => {
    const book = bookOf(held('a'));
    expect(() => book.confirm('a', 1_000)).toThrow(failure('reservation-expired'));
    const [change] = book.expireDue(1_000, 10);
    expect(() => book.confirm('a', 1_000)).toThrow(failure('reservation-expired'));
    book.settle(change as never);
    expect(() => book.confirm('a', 1_000)).toThrow(failure('reservation-not-found'));
  });

  it.each([
    ['confirm', (book: ReservationBook) => book.confirm('a', 0)],
    ['release', (book: ReservationBook) => book.release('a')],
  ])('refuses to %s what is not there, and what is being written', (_verb, change) => {
    expect(() => change(new ReservationBook())).toThrow(failure('reservation-not-found'));
    const book = new ReservationBook();
    const begun = book.hold(held('a'), NOTHING);
    expect(() => change(book)).toThrow(failure('overloaded'));
    book.settle(begun);
    change(book);
    expect(() => change(book)).toThrow(failure('overloaded'));
  });

  it('does nothing about a change that has ended already', () => {
    const book = bookOf(held('a'));
    const failed = book.release('a');
    book.undo(failed);
    const confirmed = book.confirm('a', 0);
    book.settle(failed);
    book.undo(failed);
    book.settle(confirmed);
    book.undo(confirmed);
    expect(book.get('a')?.state).toBe('confirmed');
    expect(cpu(book)).toBe(1);
  });

  it('takes what the provider says by then as counting what was reserved before, and not what begins', () => {
    const book = bookOf(held('a'));
    const said = { cpu: 3 };
    book.hold(held('b'), said);
    expect(book.account('p')?.claimed(said)).toEqual({ cpu: 4 });
    book.account('p')?.said(said);
    expect(book.account('p')?.claimed(said)).toEqual({ cpu: 4 });
  });

  it('refuses an id that is in use', () => {
    expect(() => bookOf(held('a')).hold(held('a'), NOTHING)).toThrow(failure('request-invalid'));
  });

  it('ends all of a provider that is gone, also what is still being written', () => {
    const book = bookOf(held('a'), held('other', { provider: 'q' }));
    const change = book.hold(held('b'), NOTHING);
    expect(book.removeProvider('p').map(({ id }) => id)).toEqual(['a', 'b']);
    book.settle(change);
    expect(book.size).toBe(1);
    expect(cpu(book)).toBe(0);
    expect(book.expireDue(9_000, 10).map(({ after }) => after.id)).toEqual(['other']);
    expect(book.removeProvider('p')).toEqual([]);
  });
});

describe('ReservationBook: expiry', () => {
  it('expires what is due, the earliest first, up to a limit, and each once', () => {
    const book = bookOf(
      held('c', { expiresAtMs: 30 }),
      held('a', { expiresAtMs: 10 }),
      held('b', { expiresAtMs: 20 }),
    );
    const due = (nowMs: number, limit: number) => book.expireDue(nowMs, limit).map(({ after }) => after.id);
    expect(due(9, 10)).toEqual([]);
    expect(due(20, 1)).toEqual(['a']);
    expect(due(29, 10)).toEqual(['b']);
    expect(due(30, 10)).toEqual(['c']);
    expect(due(99, 10)).toEqual([]);
  });

  it('frees nothing before the end is settled, and is due again if it is undone', () => {
    const book = bookOf(held('a'));
    const [change] = book.expireDue(1_000, 10);
    expect(change?.after.state).toBe('expired');
    expect(cpu(book)).toBe(1);
    book.undo(change as never);
    const [again] = book.expireDue(1_000, 10);
    book.settle(again as never);
    expect(cpu(book)).toBe(0);
  });

  it('does not expire while a confirmation is written, and does if that fails', () => {
    const book = bookOf(held('a'));
    const change = book.confirm('a', 999);
    expect(book.expireDue(2_000, 10)).toEqual([]);
    book.undo(change);
    expect(book.expireDue(2_000, 10)).toHaveLength(1);
  });

  it('expires what took longer to write than it was to last', () => {
    const book = new ReservationBook();
    const change = book.hold(held('a'), NOTHING);
    expect(book.expireDue(2_000, 10)).toEqual([]);
    book.settle(change);
    expect(book.expireDue(2_000, 10)).toHaveLength(1);
  });

  it('takes reservations back after a restart: confirmed ones last, and held ones end when they would have', () => {
    const book = new ReservationBook();
    book.restore([held('a'), held('b', { state: 'confirmed' })]);
    expect(cpu(book)).toBe(2);
    expect(book.expireDue(1_000, 10).map(({ after }) => after.id)).toEqual(['a']);
    book.settle(book.release('b'));
    expect(cpu(book)).toBe(1);
  });
});

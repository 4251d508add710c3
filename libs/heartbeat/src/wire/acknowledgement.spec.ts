import { type Acknowledgement, BEAT_TAKEN, INFO_TAKEN, registrationTaken } from './acknowledgement.js';
import { isAcknowledged, readAnswer } from './answer.js';
import type { Reply } from './exchange.js';
import type { Failure } from './failure.js';

const REGISTRATION = { name: 'vm-1', id: 'id-1', generation: 7 };

/** What is made of an answer to a beat, or to another call, that is not acknowledged. */
function failureOf(reply: Partial<Reply>, taken: Acknowledgement<unknown> = BEAT_TAKEN): Failure {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const answer = readAnswer({ status: 200, headers, text: '', ...reply }, taken, Date.UTC(2026, 0, 1));
  if (isAcknowledged(answer)) throw new Error('it was acknowledged');
  return answer;
}

describe('JSON of somebody else', () => {
  it.each([0, -1, 0.5, 1e9, 86_401, '10', 'soon', null, true, [10], {}, undefined])(
    'acknowledges no beat with the interval %j, nor is that obeyed',
    (told) => {
      expect(failureOf({ text: JSON.stringify({ next_interval_seconds: told }) })).toMatchObject({
        cause: 'foreign',
        reason: expect.stringMatching(
          /200 whose next_interval_seconds is not a whole number from 1 to 86400$/,
        ),
      });
    },
  );

  it.each<[string, object]>([
    ['name is not "vm-1"', { ...REGISTRATION, name: 'vm-2' }],
    ['name is not "vm-1"', { id: 'id-1', generation: 7 }],
    ['id is not a text', { ...REGISTRATION, id: undefined }],
    ['id is not a text', { ...REGISTRATION, id: '' }],
    ['generation is not a whole number from 1 on', { ...REGISTRATION, generation: undefined }],
    ['generation is not a whole number from 1 on', { ...REGISTRATION, generation: '7' }],
    ['generation is not a whole number from 1 on', { ...REGISTRATION, generation: 0 }],
    ['generation is not a whole number from 1 on', { ...REGISTRATION, generation: 1.5 }],
    ['generation is not a whole number from 1 on', { ...REGISTRATION, generation: 2 ** 60 }],
    ['token is not one line of printable ASCII characters', { ...REGISTRATION, token: 'two words' }],
    ['token is not one line of printable ASCII characters', { ...REGISTRATION, token: 'a\nb' }],
    ['token is not one line of printable ASCII characters', { ...REGISTRATION, token: '' }],
    ['token is not one line of printable ASCII characters', { ...REGISTRATION, token: 7 }],
  ])('acknowledges no registration: its %s', (fault, body) => {
    const failure = failureOf({ status: 201, text: JSON.stringify(body) }, registrationTaken('vm-1'));
    expect(failure).toMatchObject({
      cause: 'foreign',
      reason: expect.stringContaining(`201 whose ${fault}`),
    });
  });

  it.each([undefined, null, 0, '', 'yesterday', '2026-01-01'])(
    'acknowledges no info that was synced at %j',
    (at) => {
      const failure = failureOf({ text: JSON.stringify({ last_synced_at: at }) }, INFO_TAKEN);
      expect(failure.reason).toMatch(/whose last_synced_at is not a timestamp$/);
    },
  );
});

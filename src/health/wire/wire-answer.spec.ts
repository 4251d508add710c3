import { emptyAnswer, jsonAnswer } from './wire-answer.js';

describe('jsonAnswer', () => {
  it('is JSON that no cache may keep, with further headers beside', () => {
    expect(jsonAnswer(405, { a: 1 }, { allow: 'GET' })).toEqual({
      status: 405,
      headers: {
        'cache-control': 'no-store',
        'content-type': 'application/json; charset=utf-8',
        allow: 'GET',
      },
      body: '{"a":1}',
    });
  });
});

describe('emptyAnswer', () => {
  it('has no body, and so no content type and no content length', () => {
    expect(emptyAnswer(204)).toEqual({
      status: 204,
      headers: { 'cache-control': 'no-store' },
      body: undefined,
    });
    expect(emptyAnswer(405, { allow: 'GET' }).headers).toEqual({ 'cache-control': 'no-store', allow: 'GET' });
  });
});

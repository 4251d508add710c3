import {
  BadRequestException,
  HttpException,
  NotFoundException,
  PayloadTooLargeException,
} from '@nestjs/common';
import { type ErrorCode, VitalsError } from '@vitals/core/errors';
import { isRetryable, problem, problemOf } from './problem-details.js';

describe('problemOf', () => {
  it.each<[ErrorCode, number, string]>([
    ['duration-invalid', 422, 'Duration invalid'],
    ['quantity-invalid', 422, 'Quantity invalid'],
    ['timestamp-invalid', 422, 'Timestamp invalid'],
    ['request-invalid', 422, 'The request has wrong fields'],
    ['provider-not-registered', 404, 'Provider not registered'],
    ['provider-id-conflict', 409, 'Provider id conflict'],
    ['generation-stale', 409, 'Generation stale'],
    ['settings-invalid', 500, 'Settings invalid'],
    ['store-unavailable', 503, 'Store unavailable'],
    ['overloaded', 503, 'Overloaded'],
  ])('describes %s as a %d', (code, status, title) => {
    expect(problemOf(new VitalsError(code, 'what to do'))).toEqual({
      type: `urn:vitals:problem:${code}`,
      title,
      status,
      detail: 'what to do',
      code,
    });
  });

  it('names the fields that are wrong', () => {
    const faults = [{ pointer: '/phase', detail: 'must be one of five' }];
    expect(problemOf(new VitalsError('request-invalid', 'wrong', { faults }))).toMatchObject({
      errors: faults,
    });
  });

  it.each([
    ['of Nest', new BadRequestException('no JSON'), 400, 'request-malformed'],
    ['of Nest', new NotFoundException('no such backup'), 404, 'not-found'],
    ['of Nest', new PayloadTooLargeException('too large'), 413, 'body-too-large'],
    ['of Nest', new HttpException('a teapot', 418), 418, 'refused'],
    ['of Fastify', Object.assign(new Error('too long'), { statusCode: 414 }), 414, 'uri-too-long'],
    ['of Fastify', Object.assign(new Error('form'), { statusCode: 415 }), 415, 'media-type-unsupported'],
  ])('tells an error %s by its status: %p', (_whose, error, status, code) => {
    expect(problemOf(error)).toMatchObject({ status, code, detail: error.message });
  });

  it.each([
    ['Cannot GET /', 'GET /'],
    ['Cannot POST /provider/vm-1', 'POST /provider/vm-1'],
    ['Cannot GET /x?token=hunter2', 'GET /x'],
  ])('says for "%s" where the API is described', (message, call) => {
    expect(problemOf(new NotFoundException(message)).detail).toBe(
      `there is nothing at ${call}; the API is described at /docs and /openapi.json`,
    );
  });

  it.each([
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'the body is too large for this call; send a smaller one'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'send JSON, with content-type: application/json'],
    ['FST_ERR_BAD_URL', 400, 'the path is not valid percent-encoded UTF-8; write a "%" as %25'],
  ])('says what to do about %s of Fastify, also where Nest has wrapped it', (code, statusCode, detail) => {
    const error = Object.assign(new Error('in short'), { code, statusCode });
    for (const one of [error, new HttpException('in short', statusCode, { cause: error })])
      expect(problemOf(one)).toMatchObject({ status: statusCode, detail });
  });

  it.each([
    ['an unknown error', new Error('password=hunter2')],
    ['an internal error of Nest', new HttpException('password=hunter2', 500)],
    ['an internal error of Fastify', Object.assign(new Error('password=hunter2'), { statusCode: 500 })],
    ['a status that is none', Object.assign(new Error('password=hunter2'), { statusCode: 'x' })],
    ['a text', 'password=hunter2'],
    ['null', null],
    ['undefined', undefined],
  ])('tells nothing of the cause of %s', (_what, error) => {
    const described = problemOf(error);
    expect(described).toMatchObject({
      status: 500,
      code: 'internal',
      title: 'Something failed inside the control plane',
    });
    expect(JSON.stringify(described)).not.toContain('hunter2');
  });
});

describe('isRetryable', () => {
  it.each([
    [503, true],
    [429, true],
    [500, false],
    [409, false],
    [422, false],
  ])('of a %d is %p', (status, retryable) => {
    expect(isRetryable(problem(status, 'why'))).toBe(retryable);
  });
});

import { HttpException, MethodNotAllowedException, NotFoundException } from '@nestjs/common';
import { type ErrorCode, VitalsError } from '@vitals/core/errors';
import { isLightPath, lightErrorOf, lightStatusOf } from './light.error.js';
import { formProblem } from './problem.filter.js';

describe('isLightPath', () => {
  it.each(['/services', '/services/', '/services?a=b', '/services/check/a', '/ws', '/ws?x'])(
    'is %s',
    (path) => expect(isLightPath(path)).toBe(true),
  );

  it.each(['', '/', '/servicesx', '/service', '/wss', '/providers/services', '/x?/services', '//services'])(
    'is not %s',
    (path) => expect(isLightPath(path)).toBe(false),
  );
});

describe('An error of light-4j', () => {
  it.each<[ErrorCode, number, string]>([
    ['unauthenticated', 401, 'ERR10002'],
    ['forbidden', 403, 'ERR10067'],
    ['service-not-found', 404, 'ERR11637'],
    ['check-not-found', 404, 'ERR11637'],
    ['request-invalid', 400, 'ERR11004'],
    ['target-denied', 400, 'ERR11004'],
    ['request-malformed', 400, 'ERR11003'],
    ['media-type-unsupported', 415, 'ERR10077'],
    ['body-too-large', 413, 'ERR10068'],
    ['rate-limited', 429, 'ERR10088'],
    ['store-unavailable', 503, 'ERR10014'],
    ['overloaded', 503, 'ERR10014'],
  ])('for %s is a %d with %s', (code, statusCode, light) => {
    const error = new VitalsError(code, 'what to do');
    expect(lightErrorOf(error)).toMatchObject({ statusCode, code: light, severity: 'ERROR' });
    expect(lightErrorOf(error).description).toContain('what to do');
    expect(formProblem(error, { method: 'POST', url: '/services' })).toMatchObject({
      status: statusCode,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      text: JSON.stringify(lightErrorOf(error)),
    });
  });

  it('says once what to send where the media type is wrong', () => {
    const detail = 'send JSON, with content-type: application/json';
    expect(lightErrorOf(new VitalsError('media-type-unsupported', detail)).description).toBe(detail);
  });

  it('has its members in the order in which light-4j writes them', () => {
    expect(Object.keys(lightErrorOf(new Error('x')))).toEqual([
      'statusCode',
      'code',
      'message',
      'description',
      'severity',
    ]);
  });

  it.each<[Error, number, string]>([
    [new NotFoundException('Cannot GET /services/x'), 404, 'ERR10048'],
    [new MethodNotAllowedException('not this'), 405, 'ERR10008'],
    [Object.assign(new Error('too long'), { statusCode: 414 }), 414, 'ERR10014'],
    [new HttpException('a WebSocket', 426), 426, 'ERR10014'],
    [new Error('hunter2'), 500, 'ERR10010'],
  ])('for %p is a %d with %s', (error, statusCode, code) => {
    expect(lightErrorOf(error)).toMatchObject({ statusCode, code });
    expect(JSON.stringify(lightErrorOf(error))).not.toContain('hunter2');
  });

  it('names every field that is wrong by its whole path', () => {
    const faults = [
      { pointer: '/check/interval', detail: 'interval must be larger' },
      { pointer: '/port', detail: 'must be there' },
      { pointer: '', detail: 'must be an object' },
    ];
    expect(lightErrorOf(new VitalsError('request-invalid', 'wrong', { faults })).description).toBe(
      'Schema Validation Error - check.interval must be larger; port must be there; the body must be an object',
    );
  });

  it('tells a parameter that is missing from one that is wrong', () => {
    const error = new VitalsError('request-invalid', 'wrong', {
      faults: [
        { pointer: '/port', detail: 'must be a number' },
        { pointer: '/address', detail: 'must be text' },
      ],
    });
    const told = (method: string, url: string): unknown =>
      (JSON.parse(formProblem(error, { method, url }).text) as { code: unknown }).code;
    expect(told('DELETE', '/services?port=x')).toBe('ERR11000');
    expect(told('DELETE', '/services?port=x&address=')).toBe('ERR11004');
    expect(told('POST', '/services?port=x')).toBe('ERR11004');
  });

  it('keeps every status but that of what is well-formed and wrong', () => {
    expect([422, 400, 404, 503].map(lightStatusOf)).toEqual([400, 400, 404, 503]);
  });
});

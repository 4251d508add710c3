import { decodeCheckRequest, encodeCheckResponse, SERVING_STATUSES } from '@vitals/core/grpc';
import fc from 'fast-check';
import { FRAME_HEADER_BYTES, frameCheckRequest, readCheckResponse } from './grpc.probe.js';

describe('the messages of gRPC health', () => {
  it('are read by the server of @vitals/health as they were meant', () => {
    const law = fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (service) => {
      const framed = frameCheckRequest(service);
      expect(framed[0]).toBe(0);
      expect(framed.readUInt32BE(1)).toBe(framed.length - FRAME_HEADER_BYTES);
      expect(decodeCheckRequest(framed.subarray(FRAME_HEADER_BYTES))).toEqual({ service });
    });
    fc.assert(law);
  });

  it.each(SERVING_STATUSES)('give %s as the server of @vitals/health writes it', (servingStatus) => {
    const message = encodeCheckResponse({ status: servingStatus });
    expect(readCheckResponse(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]))).toBe(
      servingStatus,
    );
  });

  it('are read, or are none, whatever the bytes', () => {
    const law = fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, bytes.length]), bytes]);
      expect([...SERVING_STATUSES, undefined]).toContain(readCheckResponse(framed));
    });
    fc.assert(law, { numRuns: 1_000 });
  });
});

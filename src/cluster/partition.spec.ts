import fc from 'fast-check';
import { murmur2, partitionOf } from './partition.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Printed by `Utils.murmur2` of kafka-clients 4.1.1, with `toPositive(…) % 12` and `% 16`; six are in its own UtilsTest. */
const FROM_JAVA: readonly (readonly [key: string, hash: number, of12: number, of16: number])[] = [
  ['', 275_646_681, 9, 9],
  ['a', -1_563_381_124, 4, 12],
  ['ab', 316_155_434, 2, 10],
  ['abc', 479_470_107, 3, 11],
  ['abcd', -1_323_649_548, 8, 4],
  ['abcde', 461_995_741, 1, 13],
  ['21', -973_932_308, 0, 12],
  ['foobar', -790_332_482, 6, 14],
  ['a-little-bit-long-string', -985_981_536, 8, 0],
  ['a-little-bit-longer-string', -1_486_304_829, 11, 3],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971, 5, 13],
  ['vm-01', 1_376_795_030, 2, 6],
  ['node-17.eu-central-1', -215_621_890, 10, 14],
  ['127.0.0.1:8443com.example.health', -839_696_374, 10, 10],
  ['grüße', 1_943_707_148, 8, 12],
  ['日本語', 1_431_860_170, 10, 10],
  ['🚀 start', 325_381_716, 0, 4],
];

describe('The partition of a key', () => {
  it.each(FROM_JAVA)('of %j is the one that Kafka’s Java client computes', (key, hash, of12, of16) => {
    expect(murmur2(bytesOf(key))).toBe(hash);
    expect([partitionOf(key, 12), partitionOf(key, 16)]).toEqual([of12, of16]);
  });

  it('agrees with the Java client over 100,000 names', () => {
    let sum = 0;
    for (let at = 0; at < 100_000; at++) sum = (sum * 31 + partitionOf(`provider-${at}`, 12)) % 1_000_000_007;
    expect(sum).toBe(300_820_347);
  });

  it('agrees with it at every length, over bytes of every kind', () => {
    let sum = 0;
    let key = '';
    for (let at = 0; at < 2_000; at++) {
      sum = (sum * 31 + (murmur2(bytesOf(key)) & 0x7fffffff)) % 1_000_000_007;
      key += String.fromCharCode(33 + ((at * 7) % 400));
    }
    expect(sum).toBe(874_125_264);
  });

  it('is one of those there are, whatever the key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 10_000 }), (key, partitions) => {
        const partition = partitionOf(key, partitions);
        expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true);
      }),
    );
  });
});

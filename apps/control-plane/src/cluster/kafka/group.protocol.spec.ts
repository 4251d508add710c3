import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './group.protocol.js';

describe('What members of a group tell each other', () => {
  it('carries who somebody is, and what it holds', () => {
    const told = { instance: 'a', generation: 7, held: [0, 3] };
    expect(decodeSubscription(encodeSubscription('t', told))).toEqual(told);
  });

  it('has the form that tools of Kafka read', () => {
    const bytes = encodeSubscription('t', { instance: 'a', generation: 7, held: [3] });
    const data = Buffer.from('{"instance":"a","generation":7}');
    const [one, length] = [Buffer.from([0, 0, 0, 1]), Buffer.from([0, 0, 0, data.length])];
    const topic = Buffer.from([0, 1, 't'.charCodeAt(0)]);
    const owned = [one, topic, one, Buffer.from([0, 0, 0, 3])];
    expect(bytes).toEqual(Buffer.concat([Buffer.from([0, 1]), one, topic, length, data, ...owned]));
  });

  it('carries what somebody gets, and who is there', () => {
    const assignment = { partitions: [1, 2], instances: ['a', 'b'] };
    expect(decodeAssignment(encodeAssignment('t', assignment))).toEqual(assignment);
  });

  it('gives nothing to a member that the leader did not know', () => {
    expect(decodeAssignment(Buffer.alloc(0))).toEqual({ partitions: [], instances: [] });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['nothing at all', null],
    ['noise', Buffer.from('noise of somebody else')],
    ['a subscription of another program', Buffer.from([0, 0, 0, 0, 0, 1, 0, 1, 116, 255, 255, 255, 255])],
  ])('knows of %s that its member holds nothing', (_what, bytes) => {
    expect(decodeSubscription(bytes)).toEqual({ instance: '', generation: -1, held: [] });
  });
});

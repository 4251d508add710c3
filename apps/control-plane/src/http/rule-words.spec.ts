import { ruleWords } from './validation.js';

describe('The words of a rule', () => {
  it.each([
    ['name must be a string', 'name', 'must be a string'],
    ['zone must be shorter than or equal to 253 characters', 'zone', 'must be at most 253 characters'],
    [
      'zone must be longer than or equal to 1 and shorter than or equal to 64 characters',
      'zone',
      'must be 1 to 64 characters',
    ],
    ['type must be one of the following values: http, tcp', 'type', 'must be one of http, tcp'],
    ['limit must not be greater than 1000', 'limit', 'must be at most 1000'],
    ['limit must not be less than 1', 'limit', 'must be at least 1'],
    ['limit must be an integer number', 'limit', 'must be an integer'],
    ['pass must be a boolean value', 'pass', 'must be true or false'],
    ['each value in names must be a string', 'names', 'each value must be a string'],
    [
      'each value in names must be shorter than or equal to 9 characters',
      'names',
      'each value must be at most 9 characters',
    ],
    ['names must contain no more than 9 elements', 'names', 'must have at most 9 items'],
    ['must be string', '', 'must be a string'],
    ['must be object', '', 'must be an object'],
    ['must NOT have more than 1000 items', '', 'must have at most 1000 items'],
    ['must be >= 0', '', 'must be at least 0'],
    ['must begin with "/"', 'path', 'must begin with "/"'],
    ['name', 'name', 'name'],
  ])('%s', (message, member, words) => {
    expect(ruleWords(message, member)).toBe(words);
  });
});

import { PHASES } from '../providers/provider.js';
import '../providers/provider.schema.js';
import { portable, withPortableSchemas } from './portable.js';

describe('A schema as generators of clients take it', () => {
  it('has one type; several become alternatives, each with the keywords of its own', () => {
    expect(
      portable({
        type: ['integer', 'string', 'null'],
        minimum: 1,
        maxLength: 9,
        default: 3,
        description: 'd',
      }),
    ).toEqual({
      oneOf: [
        { type: 'integer', minimum: 1, format: 'int64' },
        { type: 'string', maxLength: 9 },
        { type: 'null' },
      ],
      default: 3,
      description: 'd',
    });
  });

  it.each([
    [{ type: 'number' }, 'double'],
    [{ type: 'integer' }, 'int64'],
    [{ type: 'integer', minimum: 1 }, 'int64'],
    [{ type: 'integer', minimum: 1, maximum: 65_535 }, 'int32'],
    [{ type: 'integer', minimum: 0, maximum: 2 ** 31 }, 'int64'],
    [{ type: 'string', format: 'date-time' }, 'date-time'],
    [{ type: 'string' }, undefined],
  ])('has the format of its numbers: %j', (schema, format) => {
    expect(portable(schema)).toMatchObject({ ...schema, ...(format && { format }) });
    expect(portable(schema)['format']).toBe(format);
  });

  it('refers to an enumeration by its name, within lists, maps, members and alternatives', () => {
    const phase = { type: 'string', enum: PHASES, description: 'd' };
    const named = { $ref: '#/components/schemas/Phase', description: 'd' };
    expect(portable(phase)).toEqual(named);
    expect(portable({ type: 'array', items: phase })).toEqual({ type: 'array', items: named });
    expect(portable({ type: 'object', additionalProperties: phase })).toEqual({
      type: 'object',
      additionalProperties: named,
    });
    expect(portable({ type: 'object', properties: { contains: phase, enum: phase } })).toEqual({
      type: 'object',
      properties: { contains: named, enum: named },
    });
    expect(portable({ type: ['string', 'null'], enum: [...PHASES, null] })).toEqual({
      oneOf: [{ $ref: '#/components/schemas/Phase' }, { type: 'null' }],
    });
  });

  it('leaves an enumeration alone that has no name, and what is no schema', () => {
    expect(portable({ type: 'string', enum: ['drain'], default: { type: ['a', 'b'] } })).toEqual({
      type: 'string',
      enum: ['drain'],
      default: { type: ['a', 'b'] },
    });
  });

  it('is found wherever an operation has one', () => {
    const schema = { type: 'integer' };
    const operation = {
      summary: 's',
      parameters: [{ name: 'n', schema }],
      responses: { 200: { x: { schema } } },
    };
    const told = { type: 'integer', format: 'int64' };
    expect(withPortableSchemas(operation)).toEqual({
      summary: 's',
      parameters: [{ name: 'n', schema: told }],
      responses: { 200: { x: { schema: told } } },
    });
  });
});

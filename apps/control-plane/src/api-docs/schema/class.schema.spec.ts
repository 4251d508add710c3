import { IsEmail, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { classSchema, membersOf } from './class.schema.js';

class Order {
  @IsString()
  @Length(1, 8)
  item!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(9)
  count: number = 2;

  @IsOptional()
  @Matches(/^[a-z]+$/, { each: true })
  tags?: string[];
}

class Letter {
  @IsEmail()
  to!: string;
}

describe('The schema of a validated class', () => {
  it('says what the validators ask, which members may be left out, and what stands in for them', () => {
    expect(classSchema(Order)).toEqual({
      type: 'object',
      required: ['item'],
      properties: {
        item: { type: 'string', minLength: 1, maxLength: 8 },
        count: { type: 'integer', minimum: 1, maximum: 9, default: 2 },
        tags: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' } },
      },
    });
  });

  it('adds what is noted of a member', () => {
    const item = membersOf(Order, { item: { description: 'What is ordered.' } }).find(
      ({ name }) => name === 'item',
    );
    expect(item?.schema).toEqual({
      type: 'string',
      minLength: 1,
      maxLength: 8,
      description: 'What is ordered.',
    });
  });

  it('refuses a validator that it cannot describe, naming the member', () => {
    expect(() => classSchema(Letter)).toThrow(/Letter\.to: .*@isEmail/);
  });
});

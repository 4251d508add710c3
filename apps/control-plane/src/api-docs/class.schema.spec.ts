import { IsEmail, IsIn, IsInt, IsString, Length, Matches, Max, Min, ValidateIf } from 'class-validator';
import { IfGiven, Member } from '../http/members.js';
import { classSchema, membersOf } from './class.schema.js';

class Order {
  @IsString()
  @Length(1, 8)
  item!: string;

  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(9)
  count: number = 2;

  @IfGiven()
  @Matches(/^[a-z]+$/, { each: true })
  tags?: string[];
}

class Parcel {
  @ValidateIf((_object, value) => value !== undefined && value !== null && value !== '')
  @Matches(/^[a-z]+$/)
  sender?: string | null;

  @IfGiven()
  @IsIn(['true', 'false'])
  insured?: string;
}

class Described {
  @Member('What is ordered.', IsString(), Length(1, 8))
  item!: string;
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

  it('says where null and empty text stand for leaving a member out, and that true and false are a boolean', () => {
    expect(classSchema(Parcel)).toEqual({
      type: 'object',
      properties: {
        sender: { type: ['string', 'null'], pattern: '^([a-z]+)?$' },
        insured: { type: 'boolean' },
      },
    });
  });

  it('adds what is said of a member', () => {
    const [item] = membersOf(Described);
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

import type { StorageType, StoredValue } from './table.js';

/** What a statement is given for one of its parameters: one value, or a column of many rows. */
export type Parameter = StoredValue | readonly StoredValue[];

/** A statement and its parameters. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/** What each database has words of its own for. */
export interface Dialect {
  /** The parameter at a place, counted from 1. */
  parameter(place: number): string;
  /**
   * Rows that are given as parameters, as a source with the name `r`.
   * @param types of the columns of the rows
   * @param place of the first parameter
   */
  source(types: readonly StorageType[], place: number): string;
  /** A column of that source. */
  value(column: number): string;
  /** Its parameters. */
  rows(encoded: readonly StoredValue[][], columns: number): readonly Parameter[];
  /** Whether a column has one of the values of a list, which is one parameter. */
  isOneOf(column: string, parameter: string): string;
  list(values: readonly StoredValue[]): Parameter;
  /** The limit of a statement that has none. */
  readonly unlimited: StoredValue;
}

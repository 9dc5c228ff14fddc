import type { Cell, Row } from './output.ts';

/** Writes rows under their columns, two spaces apart; numbers stand at the right of their column. */
export class TextTable {
  readonly #columns: readonly string[];
  #widths: readonly number[];
  #isNumeric: readonly boolean[] | undefined;

  constructor(columns: readonly string[]) {
    this.#columns = columns;
    this.#widths = columns.map((column) => column.length);
  }

  /** Gives the lines of a batch of rows, after the line of names when it is the first batch. */
  format(rows: readonly Row[]): string {
    const isFirst = this.#isNumeric === undefined;
    this.#isNumeric ??= this.#columns.map((_, index) => isNumericColumn(rows, index));
    const lines = rows.map((row) => row.cells.map(cellText));
    const all = isFirst ? [this.#columns, ...lines] : lines;
    this.#widths = this.#widths.map((width, index) => widest(width, all, index));
    return all.map((line) => this.#line(line)).join('');
  }

  #line(texts: readonly string[]): string {
    const padded = texts.map((text, index) => {
      const space = ' '.repeat(Math.max(0, (this.#widths[index] ?? 0) - text.length));
      return this.#isNumeric?.[index] ? space + text : text + space;
    });
    return `${padded.join('  ').trimEnd()}\n`;
  }
}

/** Writes the value of one field as text. */
export function cellText(cell: Cell): string {
  if (cell === undefined || cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  if (typeof cell === 'object') return cell.map(cellText).join(' ');
  return String(cell);
}

function isNumericColumn(rows: readonly Row[], index: number): boolean {
  const filled = rows.map((row) => row.cells[index]).filter((cell) => cell !== undefined && cell !== null);
  return filled.length > 0 && filled.every((cell) => typeof cell === 'number' || typeof cell === 'bigint');
}

function widest(start: number, lines: readonly (readonly string[])[], index: number): number {
  return lines.reduce((width, line) => Math.max(width, line[index]?.length ?? 0), start);
}

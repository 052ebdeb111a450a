import { styleText } from 'node:util';

export type OutputFormat = 'text' | 'json';

/** Where a command writes; a test gives its own. */
export interface Output {
  readonly format: OutputFormat;
  /** One value as JSON, or the text of it, whichever `--output` asks for. */
  readonly value: (value: unknown, text: () => string) => void;
  /** A line as it is, in both formats: bytes that a function returned, a line of a log. */
  readonly line: (text: string) => void;
  /** What is going on, on standard error, so that standard output stays clean. */
  readonly progress: (text: string) => void;
}

/** Writes to the process's standard output and error. */
export function createOutput(format: OutputFormat): Output {
  const line = (text: string): void => void process.stdout.write(`${text}\n`);
  return {
    format,
    value: (value, text) => line(format === 'json' ? JSON.stringify(value, null, 2) : text()),
    line,
    progress: (text) => void process.stderr.write(`${dim(text, process.stderr)}\n`),
  };
}

/** Ends the process once nobody reads what it prints any more: `hearth logs hello | head -1`. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/** Grey on a terminal, plain elsewhere. */
export function dim(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText('dim', text, { stream });
}

/** Bold on a terminal, plain elsewhere. */
export function bold(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText('bold', text, { stream });
}

/** Columns padded to their widest cell; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map((row, index) => (index === 0 ? dim(format(row)) : format(row))).join('\n');
}

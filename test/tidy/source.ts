import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A tracked file's path and text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Tracked or new files that match; generated ones left out. */
export function sourceFiles(...patterns: readonly string[]): SourceFile[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const paths = listed.split('\n').filter((path) => path !== '' && !path.includes('.gen.'));
  return paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** `path:line` of each line that matches. */
export function linesThat(
  files: readonly SourceFile[],
  matches: (line: string, previous: string) => boolean,
): string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n');
    return lines.flatMap((line, index) =>
      matches(line, lines[index - 1] ?? '') ? [`${path}:${index + 1}: ${line.trim()}`] : [],
    );
  });
}

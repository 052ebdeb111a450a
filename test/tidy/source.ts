import { join, relative } from 'node:path';
import { globSync, readFileSync } from 'node:fs';

/** A tracked file's path and text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Files that match and that git does not ignore; generated ones left out. Needs no git. */
export function sourceFiles(...patterns: readonly string[]): SourceFile[] {
  const wanted = patterns.length > 0 ? patterns : ['**', '.*', '.ci/**'];
  const paths = globSync(wanted, { exclude: ignored(), withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.gen.'))
    .map((entry) => relative('.', join(entry.parentPath, entry.name)));
  return paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

function ignored(): string[] {
  const lines = readFileSync('.gitignore', 'utf8').split('\n');
  return [
    '.git/**',
    ...lines.filter(Boolean).map((line) => (line.endsWith('/') ? `**/${line}**` : `**/${line}`)),
  ];
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

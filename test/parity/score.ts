/** How much of AWS's recorded behaviour holds here. */
export interface Score {
  /** The recordings' name, without `.json`. */
  readonly file: string;
  /** Counts of entries. */
  readonly recorded: number;
  readonly written: number;
  readonly equal: number;
}

/** A table in Markdown, with a total below. */
export function tableOf(scores: readonly Score[]): string {
  const total = scores.reduce(
    (sum, score) => ({
      file: 'total',
      recorded: sum.recorded + score.recorded,
      written: sum.written + score.written,
      equal: sum.equal + score.equal,
    }),
    { file: 'total', recorded: 0, written: 0, equal: 0 },
  );
  return [
    '| recordings | recorded | scenarios | equal |',
    '| --- | ---: | ---: | ---: |',
    ...[...scores, total].map(
      ({ file, recorded, written, equal }) => `| ${file} | ${recorded} | ${written} | ${equal} |`,
    ),
  ].join('\n');
}

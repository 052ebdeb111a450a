import { textOf } from '#kernel/bytes.ts';

/**
 * Starts a layer's extensions before the runtime, and tells their names in the first line of output.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-extensions.html#using-extensions
 */
const SCRIPT = [
  'd="${HEARTH_LAYERS_ROOT:-/opt}/extensions"; n=',
  'for e in "$d"/*; do if [ -f "$e" ] && [ -x "$e" ]; then n="$n ${e##*/}"; fi; done',
  'echo "HEARTH-EXTENSIONS$n"',
  'for e in $n; do "$d/$e" & done',
  'exec "$@"',
].join('\n');

const ANNOUNCEMENT = 'HEARTH-EXTENSIONS';
const ANNOUNCEMENT_BYTES_MAX = 8 * 1024;
const LINE_FEED = 0x0a;

/** The command that starts extensions, then `command` in its own place. */
export function withExtensions(command: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', SCRIPT, 'hearth', ...command];
}

/** Takes the first line of a sandbox's output, which names its extensions. */
export class ExtensionAnnouncement {
  readonly #onNames: (names: readonly string[]) => void;
  #line: Buffer = Buffer.alloc(0);
  #isOver = false;

  constructor(onNames: (names: readonly string[]) => void) {
    this.#onNames = onNames;
  }

  /** The output without the announcement. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#isOver) return chunk;
    this.#line = Buffer.concat([this.#line, chunk]);
    const end = this.#line.indexOf(LINE_FEED);
    if (end === -1 && this.#line.length < ANNOUNCEMENT_BYTES_MAX) return Buffer.alloc(0);
    this.#isOver = true;
    const [word, ...names] = textOf(this.#line.subarray(0, Math.max(0, end))).split(' ');
    if (word !== ANNOUNCEMENT) {
      this.#onNames([]);
      return this.#line;
    }
    this.#onNames(names);
    return this.#line.subarray(end + 1);
  }
}

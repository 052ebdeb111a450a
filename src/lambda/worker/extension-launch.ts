/*
 * How extensions and the runtime live in one sandbox: a shell starts them, and tells in its output who
 * they are and how each ended.
 *
 * I1  The shell ends last, with the status of the runtime: what extensions do in their shutdown phase is
 *     not cut off by the runtime's end.
 * I2  Where there are extensions, what the function writes goes to stdout, what they write to stderr.
 * I3  What the shell tells is taken out of the output; a function that imitates it ends itself alone.
 */
import { textOf } from '#kernel/bytes.ts';

/** What is added to the statuses of a shell whose exec fails: programs end with those, too. */
const NOT_STARTED = 24;
const NOT_EXECUTABLE_STATUS = 125 + NOT_STARTED;
/**
 * Why an extension was not started, by the status that is told of it.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html exit status for commands
 */
const START_ERRORS: Readonly<Record<number, string>> = {
  [NOT_EXECUTABLE_STATUS]: 'permission denied',
  [126 + NOT_STARTED]: 'exec format error',
  [127 + NOT_STARTED]: 'no such file or directory',
};

/**
 * Starts a layer's extensions before the runtime: every file of the folder is one, as on AWS.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-extensions.html#using-extensions
 */
const SCRIPT = [
  'd="${HEARTH_LAYERS_ROOT:-/opt}/extensions"; n=',
  'for e in "$d"/*; do if [ -f "$e" ]; then n="$n ${e##*/}"; fi; done',
  'echo "HEARTH-EXTENSIONS$n"',
  '[ -n "$n" ] || exec "$@"',
  'for e in $n; do {',
  // A shell of its own, where bash can go on past an exec that fails; the trap is for that alone: what runs has none.
  `if [ -x "$d/$e" ]; then /bin/sh -c 'shopt -s execfail 2>&-; trap "exit \\$((\\$? + ${NOT_STARTED}))" EXIT`,
  `exec "$0" >&2; exit $?' "$d/$e"; else (exit ${NOT_EXECUTABLE_STATUS}); fi`,
  'printf "\\035HEARTH-ENDED %s %s\\n" "$?" "$e"; } & done',
  '"$@" 2>&1 & p=$!',
  // The shell's own words of who was terminated are nobody's.
  'exec 2>/dev/null',
  "trap 'kill -TERM $p 2>/dev/null' TERM",
  'wait $p; s=$?',
  'while kill -0 $p 2>/dev/null; do wait $p; s=$?; done',
  'printf "\\035HEARTH-ENDED %s\\n" "$s"',
  // An order to end would interrupt the wait for the extensions.
  "trap '' TERM",
  'wait',
  'exit $s',
].join('\n');

const ANNOUNCEMENT = 'HEARTH-EXTENSIONS';
const ANNOUNCEMENT_BYTES_MAX = 8 * 1024;
const LINE_FEED = 0x0a;
const MARK = Buffer.from('\x1dHEARTH-ENDED ');
/** A mark and a name of an extension. */
const MARKED_BYTES_MAX = 512;
const SIGNAL_STATUS = 128;
const SIGNAL_WORDS: Readonly<Record<number, string>> = {
  6: 'aborted',
  9: 'killed',
  11: 'segmentation fault',
  15: 'terminated',
};

/** How a process ended that the shell started. */
export interface EndedProcess {
  /** Its name, where it was an extension. */
  readonly extension?: string;
  /** As `exit status 1` or `signal: killed`. */
  readonly description: string;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Why it was not started, as the operating system calls it; or its status is by chance the one that tells it. */
  readonly startError?: string;
}

/** What hears of the processes that the shell started. */
export interface ExtensionListener {
  onNames(names: readonly string[]): void;
  onEnd(ended: EndedProcess): void;
}

/** The command that starts extensions and `command`. */
export function withExtensions(command: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', SCRIPT, 'hearth', ...command];
}

/** Takes what the shell tells out of a sandbox's stdout. */
export class ExtensionAnnouncement {
  readonly #listener: ExtensionListener;
  #kept: Buffer = Buffer.alloc(0);
  #hasNames = false;
  #count = 0;

  constructor(listener: ExtensionListener) {
    this.#listener = listener;
  }

  /** Whether there are extensions: then the two outputs are of two writers (I2). */
  get hasExtensions(): boolean {
    return this.#count > 0;
  }

  /** The output without what the shell told. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#hasNames && this.#count === 0) return chunk;
    let bytes: Buffer = Buffer.concat([this.#kept, chunk]);
    this.#kept = Buffer.alloc(0);
    if (!this.#hasNames) bytes = this.#takeNames(bytes);
    return this.#hasNames && this.#count > 0 ? this.#takeEnds(bytes) : bytes;
  }

  #takeNames(bytes: Buffer): Buffer {
    const end = bytes.indexOf(LINE_FEED);
    if (end === -1 && bytes.length < ANNOUNCEMENT_BYTES_MAX) {
      this.#kept = bytes;
      return Buffer.alloc(0);
    }
    this.#hasNames = true;
    const [word, ...names] = textOf(bytes.subarray(0, Math.max(0, end))).split(' ');
    const isAnnouncement = word === ANNOUNCEMENT;
    this.#count = isAnnouncement ? names.length : 0;
    this.#listener.onNames(isAnnouncement ? names : []);
    return isAnnouncement ? bytes.subarray(end + 1) : bytes;
  }

  #takeEnds(bytes: Buffer): Buffer {
    const pieces: Buffer[] = [];
    let rest = bytes;
    for (let at = startOfMark(rest); at !== -1; at = startOfMark(rest)) {
      pieces.push(rest.subarray(0, at));
      const end = rest.indexOf(LINE_FEED, at);
      if (end === -1 && rest.length - at < MARKED_BYTES_MAX) {
        this.#kept = rest.subarray(at);
        return Buffer.concat(pieces);
      }
      if (end === -1) break;
      this.#listener.onEnd(endedProcess(textOf(rest.subarray(at + MARK.length, end))));
      rest = rest.subarray(end + 1);
    }
    return pieces.length === 0 ? rest : Buffer.concat([...pieces, rest]);
  }
}

/** Where a mark begins, whole or as far as it has come; -1 where none does. */
function startOfMark(bytes: Buffer): number {
  const whole = bytes.indexOf(MARK);
  if (whole !== -1) return whole;
  const last = bytes.lastIndexOf(MARK[0] ?? 0);
  if (last === -1) return -1;
  const tail = bytes.subarray(last);
  return tail.length < MARK.length && MARK.subarray(0, tail.length).equals(tail) ? last : -1;
}

/** `3 watcher` or `137`, as a shell tells statuses: those above 128 are signals. */
function endedProcess(told: string): EndedProcess {
  const [statusText, extension] = told.split(' ');
  const status = Number(statusText);
  const named = extension === undefined ? {} : { extension };
  const number = status - SIGNAL_STATUS;
  if (!(number > 0)) {
    return { ...named, description: `exit status ${status}`, exitCode: status, signal: undefined };
  }
  const description = `signal: ${SIGNAL_WORDS[number] ?? `signal ${number}`}`;
  const startError = extension === undefined ? undefined : START_ERRORS[status];
  return {
    ...named,
    description,
    exitCode: undefined,
    signal: `SIG${number}`,
    ...(startError === undefined ? {} : { startError }),
  };
}

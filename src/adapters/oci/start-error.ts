/**
 * Why a container's first process could not start. An OCI runtime ends with 1 then, as functions do; what it wrote
 * is all that a container without a process has written.
 */
import { constants } from 'node:os';
import type { LaunchOptions, LauncherExit } from '#adapters/launcher/index.ts';

type Output = LaunchOptions['onOutput'];

/** More than a runtime's sentence. */
const SAID_BYTES_MAX = 1000;
const FAILED_STATUS = 1;
/** The whole of what runc or crun writes, about a command that it names, or an executable that it cannot open. */
function sentencesAbout(command: string): readonly RegExp[] {
  const name = RegExp.escape(command);
  return [
    new RegExp(
      `^time="[^"]*" level=error msg="runc run failed: [^\n]*exec: \\\\"${name}\\\\": [^\n]*"$`,
    ),
    new RegExp(`^exec ${name}: [^\n]*$`),
    new RegExp(`^executable file \`${name}\` not found[^\n]*$`),
    new RegExp(`^exec container process [^\n]*\`${name}\`: [^\n]*$`),
    /^open executable: [^\n]*$/,
  ];
}
/** What the sentence ends on, whatever its case. */
const REASONS: readonly (readonly [RegExp, number])[] = [
  [/no such file or directory"?$/i, constants.errno.ENOENT],
  [/(permission denied|operation not permitted)"?$/i, constants.errno.EACCES],
  [/exec format error"?$/i, constants.errno.ENOEXEC],
];

/** Options of a launch that runs `command` in a container: hands output on, and tells by it why nothing started. */
export function withStartError(
  command: string,
  onOutput: Output,
  translate: (exit: LauncherExit) => LauncherExit,
): Pick<LaunchOptions, 'onOutput' | 'program' | 'translateExit'> {
  const said: Uint8Array[] = [];
  let bytes = 0;
  return {
    program: command,
    onOutput: (output, chunk) => {
      bytes += chunk.byteLength;
      // Once there is more than a sentence, it is not one.
      if (bytes > SAID_BYTES_MAX) said.length = 0;
      else said.push(chunk);
      onOutput(output, chunk);
    },
    translateExit: (exit) => {
      const startError =
        exit.exitCode === FAILED_STATUS ? startErrorOf(command, Buffer.concat(said).toString()) : 0;
      return startError === 0 ? translate(exit) : { ...exit, startError };
    },
  };
}

function startErrorOf(command: string, said: string): number {
  const sentence = said.trim();
  if (!sentencesAbout(command).some((pattern) => pattern.test(sentence))) return 0;
  return REASONS.find(([reason]) => reason.test(sentence))?.[1] ?? 0;
}

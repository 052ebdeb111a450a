import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Takes away a directory with all that a function may have left in it, where it is: also trees that are
 * deeper than paths are long, and directories that nobody may enter; links that become directories meanwhile are
 * followed nowhere, as `rm` and `chmod` go by descriptors.
 */
export async function removeTree(directory: string): Promise<void> {
  try {
    await run('rm', ['-rf', '--', directory]);
  } catch {
    await run('chmod', ['-R', 'u+rwx', '--', directory]).catch(() => {});
    await run('rm', ['-rf', '--', directory]);
  }
}

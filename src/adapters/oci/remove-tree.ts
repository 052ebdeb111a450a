import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Takes away a directory with all that a function may have left in it, where it is: also trees that are
 * deeper than paths are long, and links that become directories meanwhile are followed nowhere, as `rm` goes by
 * descriptors.
 */
export async function removeTree(directory: string): Promise<void> {
  await run('rm', ['-rf', '--', directory]);
}

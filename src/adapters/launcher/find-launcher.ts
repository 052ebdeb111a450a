import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** The launcher that the set-up compiled below `root`, this repository's directory, if it did. */
export function findLauncher(root: string): string | undefined {
  const binary = path.join(root, '.cache/launcher/current/hearth-launcher');
  try {
    accessSync(binary, constants.X_OK);
    return binary;
  } catch {
    return undefined;
  }
}

import { stat } from 'node:fs/promises';

/** When a database was last written to by the machine's clock then, in ms since 1970; 0 where there is none. */
export async function lastWrittenAt(path: string): Promise<number> {
  const times = await Promise.all([path, `${path}-wal`].map(changedAt));
  return Math.floor(Math.max(...times));
}

async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}

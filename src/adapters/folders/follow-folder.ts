/** Watches a folder that may be taken away and made anew, as tools do that build into it. */
import { realpath, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { FolderWatch } from './folder-watch.ts';

/** How often a folder that is gone is looked for. */
const LOOK_MS = 100;

/** Has `onChange` called soon after each change below a folder, until it is disposed of. */
export async function followFolder(path: string, onChange: () => void): Promise<Disposable> {
  const closing = new AbortController();
  const { signal } = closing;
  const state = { watch: await open() };
  return {
    [Symbol.dispose]() {
      closing.abort();
      state.watch[Symbol.dispose]();
    },
  };

  async function open(): Promise<FolderWatch> {
    const real = await realpath(path).catch(() => path);
    return FolderWatch.open({ path: real, onChange, onGone: () => void reopen() });
  }

  async function reopen(): Promise<void> {
    while (!signal.aborted && !(await isFolder(path))) await sleep(LOOK_MS);
    const before = state.watch;
    const watch = await open();
    before[Symbol.dispose]();
    if (signal.aborted) watch[Symbol.dispose]();
    state.watch = watch;
    onChange();
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

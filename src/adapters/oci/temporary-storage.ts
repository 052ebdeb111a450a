/*
 * /tmp of an OCI sandbox: a file system of exactly its size, in a sparse file.
 *
 * Owns: one formatted image for each size that was asked for.
 * Does not own: a sandbox's copy, which has no name once it is mounted, in the mount namespace of the sandbox's
 * init: it outlives containers, and nothing is left of it after whatever kind of death of the init.
 *
 * The sizes are those of native/launcher/storage.c, which argues them.
 */
import { execFile } from 'node:child_process';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

export interface TemporaryStorage {
  /** The command that mounts a /tmp of so many MiB at `directory`; `image` is the path of a file that it may write. */
  mountCommand(tmp: {
    readonly mib: number;
    readonly uid: number;
    readonly image: string;
    readonly directory: string;
  }): Promise<readonly string[]>;
}

const run = promisify(execFile);
const MIB_MIN = 512;
const MIB = 1024 * 1024;
const BLOCKS_IN_MIB = 256;
/** What ext4 keeps back when it is mounted: 2 %, but at most so many blocks. */
const KEPT_BLOCKS_MAX = 4096;
/** Of the superblock: what is reserved for root, and what is free. */
const RESERVED_OFFSET = 1024 + 8;
const FREE_OFFSET = 1024 + 12;

/** Copies, mounts and hides the image. */
const SCRIPT = `
set -e
cp --sparse=always -- "$1" "$2"
mount -t ext4 -o loop,nosuid,nodev,noinit_itable -- "$2" "$3"
rm -f -- "$2"
rmdir -- "$3/lost+found"
chown "$4:$4" -- "$3"
chmod 700 -- "$3"
`;
/** For one process and its end. */
const APART = ['unshare', '--mount', '--propagation', 'private'];
/** A disk that does not answer in this time does not answer. */
const PROBE_MS_MAX = 30_000;

/** `undefined` where this machine has no loop devices or no mkfs.ext4. */
export async function createTemporaryStorage(
  directory: string,
): Promise<TemporaryStorage | undefined> {
  const templates = new Map<number, Promise<string>>();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const templateOf = (asked: number): Promise<string> => {
    const mib = Math.max(MIB_MIN, asked);
    const known = templates.get(mib);
    if (known !== undefined) return known;
    const made = format(path.join(directory, `${mib}.ext4`), mib);
    templates.set(mib, made);
    made.catch(() => templates.delete(mib));
    return made;
  };
  const storage: TemporaryStorage = {
    async mountCommand({ mib, uid, image, directory: target }) {
      const template = await templateOf(mib);
      return ['/bin/sh', '-c', SCRIPT, 'sh', template, image, target, String(uid)];
    },
  };
  return (await works(storage, directory)) ? storage : undefined;
}

async function works(storage: TemporaryStorage, directory: string): Promise<boolean> {
  const target = path.join(directory, 'probe');
  const image = path.join(directory, 'probe.ext4');
  try {
    await mkdir(target, { recursive: true });
    const mount = { mib: MIB_MIN, uid: 0, image, directory: target };
    const command = [...APART, ...(await storage.mountCommand(mount))];
    await run('/usr/bin/env', command, { timeout: PROBE_MS_MAX, killSignal: 'SIGKILL' });
    return true;
  } catch {
    return false;
  } finally {
    await rm(target, { recursive: true, force: true });
    await rm(image, { force: true });
  }
}

/** Formats an image, and reserves for root what is free beyond the promised size. */
async function format(file: string, mib: number): Promise<string> {
  const draft = `${file}.draft`;
  const imageMib = mib + Math.floor(mib / 48) + 2 + KEPT_BLOCKS_MAX / BLOCKS_IN_MIB;
  await writeFile(draft, '', { mode: 0o600 });
  const image = await open(draft, 'r+');
  try {
    await image.truncate(imageMib * MIB);
    const features =
      '^has_journal,^resize_inode,^metadata_csum,uninit_bg,extent,flex_bg,sparse_super';
    const layout = ['-b', '4096', '-m', '0', '-i', '16384', '-I', '256', '-O', features];
    await run('mkfs.ext4', ['-q', '-F', ...layout, '-E', 'lazy_itable_init=1,nodiscard', draft]);
    const counts = Buffer.alloc(4);
    await image.read(counts, 0, 4, FREE_OFFSET);
    const kept = Math.min(KEPT_BLOCKS_MAX, Math.floor((imageMib * BLOCKS_IN_MIB) / 50));
    const reserved = counts.readUInt32LE() - (mib * BLOCKS_IN_MIB + kept);
    counts.writeUInt32LE(Math.max(0, reserved));
    await image.write(counts, 0, 4, RESERVED_OFFSET);
  } finally {
    await image.close();
  }
  await rename(draft, file);
  return file;
}

import {
  cp,
  lstat,
  mkdir,
  readFile,
  readlink,
  realpath,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import type { SandboxMount } from '#ports/world/sandbox.ts';

const TOP_LINKS = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];
const POINTS = [
  'proc',
  'sys',
  'dev',
  'tmp',
  'usr',
  'opt',
  'var/task',
  'var/runtime',
  'var/lang/bin',
];
const COPIED = ['ld.so.cache', 'alternatives', 'ssl/certs', 'ssl/openssl.cnf', 'os-release'];

/** User ids of sandboxes: `count` of them from `first` on. */
export interface UserRange {
  readonly first: number;
  readonly count: number;
}

/** Makes the root that all bundles share: points to mount on, and a minimal /etc; `endpointName` leads to the endpoint. */
export async function makeRoot(root: string, users: UserRange, endpointName = ''): Promise<void> {
  for (const point of POINTS) await mkdir(path.join(root, point), { recursive: true });
  for (const name of TOP_LINKS) await copyLink(`/${name}`, path.join(root, name));
  await mkdir(path.join(root, 'etc/ssl'), { recursive: true });
  const ids = Array.from({ length: users.count }, (_, index) => users.first + index);
  const accounts = ids.map(
    (id, index) => `sbx_user${index}:x:${id}:${id}::/tmp:/usr/sbin/nologin\n`,
  );
  const files: Readonly<Record<string, string>> = {
    passwd: `root:x:0:0:root:/:/usr/sbin/nologin\n${accounts.join('')}`,
    group: `root:x:0:\n${ids.map((id, index) => `sbx_user${index}:x:${id}:\n`).join('')}`,
    hostname: 'sandbox\n',
    hosts: `127.0.0.1 localhost sandbox sandbox.localdomain ${endpointName}\n::1 localhost\n`,
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
    'resolv.conf': await nameServers(),
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(root, 'etc', name), text);
  }
  for (const name of COPIED) {
    const options = { recursive: true, verbatimSymlinks: true, force: true };
    await cp(`/etc/${name}`, path.join(root, 'etc', name), options).catch(ignoreMissing);
  }
}

/** Makes the points of mounts that the root lacks; a file's point is a file. */
export async function makePoint(root: string, source: string, target: string): Promise<void> {
  const point = path.join(root, target);
  const isDirectory = (await lstat(source)).isDirectory();
  if (isDirectory) {
    await mkdir(point, { recursive: true });
    return;
  }
  await mkdir(path.dirname(point), { recursive: true });
  await writeFile(point, '', { flag: 'a' });
}

/**
 * Amazon Linux's sh is bash, which AWS's own examples of runtimes need. OCI runtimes follow links to where they mount: what
 * stands at the end of sh's must be a shell of that one use, as dash is and busybox is not.
 */
export async function bashAsSh(): Promise<readonly SandboxMount[]> {
  const [bash, sh] = await Promise.all(
    ['/bin/bash', '/bin/sh'].map((name) => realpath(name).catch(ignoreMissing)),
  );
  const isDash = sh?.startsWith('/usr/') === true && path.basename(sh) === 'dash';
  return isDash && bash !== undefined ? [{ source: bash, target: sh }] : [];
}

async function copyLink(source: string, target: string): Promise<void> {
  const link = await readlink(source).catch(() => undefined);
  if (link === undefined) return;
  await symlink(link, target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Those that are not on the host's own loopback, which a sandbox does not reach. */
async function nameServers(): Promise<string> {
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => /^nameserver (?!127\.)[\d.]+$/.test(line));
  return `${lines.join('\n')}\n`;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Finds Terraform and its AWS provider on this machine, and runs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const PROVIDER = 'registry.terraform.io/hashicorp/aws';
const OUTPUT_CHARACTERS = 8_000;

export interface Terraform {
  readonly program: string;
  /** The folder in which `registry.terraform.io/…` stands. */
  readonly mirror: string;
}

/** `undefined` where the program or the provider is not here. */
export function findTerraform(): Terraform | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const programs = ['terraform', 'tofu'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  const program = programs.find((path) => existsSync(path));
  const mirror = mirrors().find((folder) => existsSync(join(folder, PROVIDER)));
  return program === undefined || mirror === undefined ? undefined : { program, mirror };
}

/** @see https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories */
function mirrors(): string[] {
  const dataHome = process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share');
  const dataFolders = (process.env['XDG_DATA_DIRS'] ?? '/usr/local/share:/usr/share').split(':');
  return [
    process.env['TF_PLUGIN_DIR'] ?? '',
    process.env['TF_PLUGIN_CACHE_DIR'] ?? '',
    join(homedir(), '.terraform.d/plugins'),
    ...[dataHome, ...dataFolders].map((folder) => join(folder, 'terraform/plugins')),
    ...globSync('/opt/*'),
  ].filter((folder) => folder !== '');
}

export interface TerraformRun {
  readonly status: number | null;
  /** The end of what it printed. */
  readonly output: string;
}

/** Runs one command of Terraform in a folder, without colours and questions. */
export async function runTerraform(
  { program }: Terraform,
  folder: string,
  words: readonly string[],
): Promise<TerraformRun> {
  const child = spawn(program, [...words, '-no-color'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      CHECKPOINT_DISABLE: '1',
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_CHARACTERS);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output };
}

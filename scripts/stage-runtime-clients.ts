/**
 * Builds AWS's own runtime clients around the functions of test/conformance/runtime-clients, for the tests
 * that run them against Hearth: each once, where its tools are there, into `.cache/runtime-clients`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { beginFolder, finishFolder, isStamped } from './stamped-folder.ts';

interface RuntimeClient {
  readonly name: string;
  /** What has to be in the path for its build. */
  readonly tools: readonly string[];
  /** Commands that make a function out of the sources, in a directory of their own. */
  readonly steps: readonly (readonly string[])[];
}

const SOURCES = 'test/conformance/runtime-clients';
const TARGET = '.cache/runtime-clients';
/** A build that failed, for want of the internet perhaps, is tried again after so long, in ms. */
const RETRY_MS = 60 * 60 * 1000;
const STEP_TIMEOUT_MS = 6 * 60 * 1000;
const PYTHON = resolve('.cache/python/bin/python');
const JAVA_CLASSES = `${resolve('runtimes/java/lib')}/*`;

const CLIENTS: readonly RuntimeClient[] = [
  {
    name: 'python',
    tools: [PYTHON],
    steps: [
      [PYTHON, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'].concat([
        '--only-binary',
        ':all:',
        '--target',
        '.',
        'awslambdaric==4.2.2',
      ]),
    ],
  },
  {
    name: 'java',
    tools: ['javac', resolve('runtimes/java/lib/stamp')],
    steps: [['javac', '--release', '11', '-cp', JAVA_CLASSES, 'hearth/Functions.java']],
  },
  {
    name: 'go',
    tools: ['go'],
    steps: [['go', 'build', '-trimpath', '-tags', 'lambda.norpc', '-o', 'bootstrap', '.']],
  },
  {
    name: 'nodejs',
    tools: ['npm', 'cmake', 'make', 'g++', 'python3'],
    steps: [
      ['npm', 'install', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'].concat(
        ['--prefix', '.', 'aws-lambda-ric@4.0.2'],
      ),
    ],
  },
  {
    name: 'rust',
    tools: ['cargo', 'cc'],
    steps: [
      ['cargo', 'build', '--quiet', '--locked', '--config', 'net.retry=0'],
      ['cp', 'target/debug/bootstrap', 'bootstrap'],
      ['rm', '-rf', 'target'],
    ],
  },
];

/** Builds what is missing, two at a time, the quick ones first; answers with a sentence for each that failed. */
export async function stageRuntimeClients(): Promise<readonly string[]> {
  const waiting = CLIENTS.filter((client) => isWanted(client));
  const failures: string[] = [];
  if (waiting.length === 0) return failures;
  mkdirSync(TARGET, { recursive: true });
  using lock = takeLock();
  if (lock === undefined) return ["AWS's runtime clients are being built by another set-up."];
  const names = waiting.map(({ name }) => name).join(', ');
  process.stderr.write(`hearth: building AWS's runtime clients for the tests: ${names} ...\n`);
  const work = async (): Promise<void> => {
    for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
      const failure = await build(client);
      if (failure !== undefined) failures.push(failure);
    }
  };
  await Promise.all([work(), work()]);
  return failures;
}

/** One set-up builds at a time; a lock whose holder is gone is nobody's. */
function takeLock(): Disposable | undefined {
  const path = join(TARGET, 'lock');
  const holder = Number(readIfThere(path));
  if (holder !== 0 && existsSync(`/proc/${holder}`)) return undefined;
  rmSync(path, { force: true });
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
  } catch {
    return undefined;
  }
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

function isWanted(client: RuntimeClient): boolean {
  const missing = client.tools.some((tool) => !isInPath(tool));
  if (missing || !existsSync(join(SOURCES, client.name))) return false;
  const target = join(TARGET, client.name);
  const stamp = stampOf(client);
  if (isStamped(target, stamp)) return false;
  const failed = `${target}.failed`;
  const isFresh = existsSync(failed) && Date.now() - statSync(failed).mtimeMs < RETRY_MS;
  return !isFresh || readIfThere(failed) !== stamp;
}

async function build(client: RuntimeClient): Promise<string | undefined> {
  const target = join(TARGET, client.name);
  const place = beginFolder(target);
  cpSync(join(SOURCES, client.name), place, { recursive: true });
  for (const [program = '', ...parameters] of client.steps) {
    const failure = await run(program, parameters, place);
    if (failure === undefined) continue;
    rmSync(place, { recursive: true, force: true });
    writeFileSync(`${target}.failed`, stampOf(client));
    return `AWS's runtime client for ${client.name} could not be built, its tests are skipped: ${failure}`;
  }
  finishFolder(target, stampOf(client));
  return undefined;
}

/** Runs one step; the end of what it said where it failed. */
function run(program: string, parameters: readonly string[], cwd: string) {
  const environment = {
    ...process.env,
    PATH: folders().join(delimiter),
    CGO_ENABLED: '0',
    GOTOOLCHAIN: 'local',
    npm_config_fetch_retries: '0',
  };
  const child = spawn(program, parameters, {
    cwd,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: STEP_TIMEOUT_MS,
  });
  let said = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  return new Promise<string | undefined>((settle) => {
    child.on('error', (error) => settle(error.message));
    child.on('close', (code) => {
      const lastLine = said.trim().split('\n').at(-1) ?? '';
      settle(code === 0 ? undefined : `${program}: ${lastLine}`);
    });
  });
}

function stampOf(client: RuntimeClient): string {
  const hash = createHash('sha256').update(JSON.stringify(client.steps));
  const folder = join(SOURCES, client.name);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    if (statSync(path).isFile()) hash.update(name).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** The path, and where Go and Rust are put by their own installers. */
function folders(): readonly string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [...path, '/usr/local/go/bin', join(homedir(), '.cargo/bin')];
}

function isInPath(tool: string): boolean {
  if (tool.startsWith('/')) return existsSync(tool);
  return folders().some((folder) => folder !== '' && existsSync(join(folder, tool)));
}

/**
 * Stages what AWS's managed runtimes carry beside the language: the SDK for JavaScript in nodejs, boto3 in
 * python. Output: `runtimes/nodejs/node_modules` and `runtimes/python/site-packages`, which git ignores.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { packageClosure } from './package-closure.ts';
import { isStamped, stampFolder } from './stamped-folder.ts';

const NODE_SDK = 'runtimes/nodejs';
const PYTHON_SDK = 'runtimes/python/site-packages';
/** Those that functions run on, and where they find it. */
const PYTHON_DIRECTORY = '/usr/bin';
const SITE_PACKAGES_INSIDE = '/var/runtime/site-packages';
const JAVA_CLIENT = 'runtimes/java';
const MAVEN_TIMEOUT_MS = 3 * 60 * 1000;
const PYTHON_PACKAGES = ['boto3==1.44.5', 'botocore==1.44.5'];

/** Copies the AWS clients that are installed here, with all that they need. */
export function stageNodeSdk(): void {
  // package.json is npm's; only the names and versions of dependencies are read.
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const versions = { ...manifest.dependencies, ...manifest.devDependencies };
  const clients = Object.keys(versions)
    .filter((name) => name.startsWith('@aws-sdk/'))
    .sort();
  const stamp = JSON.stringify(clients.map((name) => [name, versions[name]]));
  const modules = join(NODE_SDK, 'node_modules');
  if (isStamped(modules, stamp)) return;
  rmSync(modules, { recursive: true, force: true });
  for (const folder of packageClosure('.', clients)) {
    cpSync(folder, join(NODE_SDK, folder), {
      recursive: true,
      filter: (path) => !/\/(dist-types|dist-es)(\/|$)|\.(d\.ts|map)$/.test(path),
    });
  }
  stampFolder(modules, stamp);
}

/**
 * Installs boto3 for functions, compiled for each Python that may run them; answers false where this machine's
 * Python cannot.
 */
export function stagePythonSdk(python: string): boolean {
  if (!installPythonSdk(python)) return false;
  for (const name of readdirSync(PYTHON_DIRECTORY)) {
    if (/^python3\.\d+$/.test(name)) compilePythonSdk(name);
  }
  return true;
}

function installPythonSdk(python: string): boolean {
  const stamp = PYTHON_PACKAGES.join(' ');
  if (isStamped(PYTHON_SDK, stamp)) return true;
  rmSync(PYTHON_SDK, { recursive: true, force: true });
  mkdirSync(PYTHON_SDK, { recursive: true });
  try {
    const options = ['--quiet', '--disable-pip-version-check', '--no-compile', '--target'];
    const parameters = ['-m', 'pip', 'install', ...options, PYTHON_SDK, ...PYTHON_PACKAGES];
    execFileSync(python, parameters, { stdio: 'ignore' });
  } catch {
    return false;
  }
  stampFolder(PYTHON_SDK, stamp);
  return true;
}

/** Where sandboxes see it nobody can write to it, nor does it change: it is not compared with its source again. */
function compilePythonSdk(name: string): void {
  const stamp = join(PYTHON_SDK, `stamp-${name}`);
  if (existsSync(stamp)) return;
  const options = ['-q', '-s', PYTHON_SDK, '-p', SITE_PACKAGES_INSIDE];
  const mode = ['--invalidation-mode', 'unchecked-hash'];
  try {
    const parameters = ['-I', '-m', 'compileall', ...options, ...mode, PYTHON_SDK];
    execFileSync(join(PYTHON_DIRECTORY, name), parameters, { stdio: 'ignore' });
  } catch {
    // Some file is for other versions; the rest is there.
  }
  writeFileSync(stamp, '');
}

/**
 * Brings AWS's runtime client for Java, by Maven, and keeps its loaded classes for a quicker start; answers
 * false where it could not. Nothing is done without Java and Maven.
 */
export function stageJavaClient(): boolean {
  const stamp = readFileSync(join(JAVA_CLIENT, 'pom.xml'), 'utf8');
  const lib = join(JAVA_CLIENT, 'lib');
  if (isStamped(lib, stamp)) return true;
  rmSync(lib, { recursive: true, force: true });
  try {
    execFileSync('mvn', ['-B', '-q', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], {
      cwd: JAVA_CLIENT,
      stdio: 'ignore',
      timeout: MAVEN_TIMEOUT_MS,
    });
  } catch {
    return false;
  }
  stampFolder(lib, stamp);
  return true;
}

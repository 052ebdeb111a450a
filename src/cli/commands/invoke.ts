import { readFileSync } from 'node:fs';
import { parseJson } from '#kernel/json.ts';
import { failureOf } from '../aws-client.ts';
import type { CliCommand, CliContext } from '../command.ts';

/** `hearth invoke`: run a function and print what it returned. */
export const invoke: CliCommand = {
  name: 'invoke <function>',
  summary: 'run a function; its answer goes to standard output, its log to standard error',
  examples: [
    'hearth invoke hello --payload \'{"name":"Ada"}\'',
    'hearth invoke hello --payload @event.json --async',
    'hearth invoke hello --debug',
  ],
  configure: (command) =>
    command
      .option('--payload <json>', 'the event; @FILE reads it from a file', '{}')
      .option('--qualifier <qualifier>', 'a version or an alias')
      .option('--async', 'leave the event and do not wait')
      .option('--debug [port]', 'wait for a debugger at this port of 127.0.0.1 (default: 9229)'),
  run: async (context) => {
    tellOfDebugger(context);
    const response = await send(context);
    const text = await response.text();
    if (!response.ok) throw failureOf(response, parseJson(text), text);
    printLog(context, response.headers.get('x-amz-log-result'));
    if (text !== '') context.output.line(text);
    if (response.headers.get('x-amz-function-error') !== null) process.exitCode = 1;
    if (response.status === 202) context.output.progress('accepted');
  },
};

/** The port, where a debugger is asked for. */
function debugPortOf({ options, fail }: Pick<CliContext, 'options' | 'fail'>): string | undefined {
  const { debug } = options;
  if (debug === undefined) return undefined;
  const port = debug === true ? '9229' : String(debug);
  const isPort = /^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536;
  if (!isPort || options['async'] === true) {
    throw fail('--debug takes a port, and goes with invocations that are waited for.');
  }
  return port;
}

function tellOfDebugger(context: CliContext): void {
  const port = debugPortOf(context);
  if (port === undefined) return;
  const { output } = context;
  output.progress(
    `waiting five minutes for a debugger at 127.0.0.1:${port}; the code is at /var/task`,
  );
  output.progress("the function's timeout stands still while the debugger has it stopped");
  output.progress(
    'Node.js: chrome://inspect or "attach" in an editor; Python: debugpy in code or layer',
  );
}

function send({ arguments: [name = ''], options, client, fail }: CliContext): Promise<Response> {
  const qualifier = options['qualifier'];
  const debugPort = debugPortOf({ options, fail });
  const query = typeof qualifier === 'string' ? `?Qualifier=${encodeURIComponent(qualifier)}` : '';
  return client().send({
    service: 'lambda',
    path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations${query}`,
    headers: {
      'content-type': 'application/json',
      'x-amz-invocation-type': options['async'] === true ? 'Event' : 'RequestResponse',
      ...(debugPort === undefined ? {} : { 'x-hearth-debug-port': debugPort }),
      'x-amz-log-type': options['async'] === true ? 'None' : 'Tail',
    },
    isPatient: debugPort !== undefined,
    body: readPayload(String(options['payload']), fail),
  });
}

function readPayload(text: string, fail: CliContext['fail']): string {
  if (!text.startsWith('@')) return text;
  try {
    return readFileSync(text.slice(1), 'utf8');
  } catch {
    throw fail(`The payload's file ${text.slice(1)} cannot be read.`);
  }
}

function printLog({ output }: CliContext, logResult: string | null): void {
  if (logResult === null || logResult === '') return;
  output.progress(Buffer.from(logResult, 'base64').toString('utf8').trimEnd());
}

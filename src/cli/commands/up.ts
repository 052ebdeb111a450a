import type { CliCommand } from '../command.ts';

/** `hearth up`: the server. Its flags are the table of src/config, which also explains them. */
export const up: CliCommand = {
  name: 'up',
  summary: 'run the server until Ctrl-C or SIGTERM',
  examples: ['hearth up', 'hearth up --port 4566 --data-dir .hearth --isolation namespaces'],
  configure: (command) => command.allowUnknownOption().allowExcessArguments().usage('[flags]'),
  run: ({ local, arguments: flags, signal }) => local.up(flags, signal),
};

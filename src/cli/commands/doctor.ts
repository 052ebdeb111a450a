import type { CliCommand } from '../command.ts';
import { bold, table } from '../output.ts';

/** `hearth doctor`: which promises this machine can keep. */
export const doctor: CliCommand = {
  name: 'doctor',
  summary: 'show what this machine can enforce, and what mends the rest',
  examples: ['hearth doctor', 'hearth doctor --output json'],
  run: async ({ local, output }) => {
    const probes = await local.doctor();
    output.value(probes, () => {
      const rows = probes.map(({ name, isEnforced, detail }) => [
        isEnforced ? 'yes' : 'NO',
        name,
        detail,
      ]);
      const remedies = probes.flatMap(({ name, isEnforced, remedy }) =>
        isEnforced || remedy === undefined ? [] : [`  ${name}: ${remedy}`],
      );
      const mend = remedies.length === 0 ? [] : ['', bold('To mend:'), ...remedies];
      return [table([['', 'what', 'how'], ...rows]), ...mend].join('\n');
    });
  },
};

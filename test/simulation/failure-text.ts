import type { SimulationResult } from './simulation.ts';

/** The end of the trace, what is broken, and how to see it again. */
export function failureText(result: SimulationResult, ticks: number, flags = ''): string {
  const { seed, trace, broken } = result;
  return [
    trace.excerpt(),
    '',
    `${broken.length} broken:`,
    ...broken.slice(0, 20).map((text) => `- ${text}`),
    '',
    `replay: npm run sim -- --seed ${seed} --ticks ${ticks} --trace${flags}`,
  ].join('\n');
}

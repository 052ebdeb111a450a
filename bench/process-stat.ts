import { readFileSync } from 'node:fs';

const TICK_MS = 10;
const PAGE_BYTES = 4096;
const MIB = 1024 * 1024;

/** Fields of /proc/PID/stat after the command's name: state is the first. @see proc_pid_stat(5) */
function fieldsOf(processId: number): string[] {
  const text = readFileSync(`/proc/${processId}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** User and system time of a process, in ms; counted in ticks of 10 ms. */
export function cpuMsOf(processId: number): number {
  const fields = fieldsOf(processId);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory of a process, in MiB. */
export function memoryMiBOf(processId: number): number {
  return (Number(fieldsOf(processId)[21]) * PAGE_BYTES) / MIB;
}

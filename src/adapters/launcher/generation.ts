/*
 * One life of the launcher: it dies with all of its sandboxes, and another begins with none.
 *
 * Owns: the link to it, its zygotes, the server's ends of its sandboxes.
 */
import type { Server, Socket } from 'node:net';
import { ConnectionBudget, descriptorsMax } from './connection-budget.ts';
import { LauncherLink } from './launcher-link.ts';
import type { LauncherCommand, LauncherEvents, LauncherExit } from './launcher-link.ts';
import { PreparedSandbox } from './prepared-sandbox.ts';
import { Zygotes } from './zygotes.ts';

/** What is known of a sandbox that the launcher has. */
export interface Held {
  readonly prepared: PreparedSandbox;
  /** Of the processes that it has now. */
  exit: PromiseWithResolvers<LauncherExit | undefined>;
}

/** A socket of a sandbox. */
interface Arrival {
  enter(prepared: PreparedSandbox): void;
  /** Its sandbox is gone. */
  turnAway(): void;
}

function arrive(arrival: Arrival, prepared: PreparedSandbox | undefined): void {
  if (prepared === undefined) arrival.turnAway();
  else arrival.enter(prepared);
}

export class Generation implements LauncherEvents {
  readonly held = new Map<number, Held>();
  readonly link: LauncherLink;
  readonly zygotes: Zygotes;
  /** Sockets that came before the word of their sandbox: they travel on another channel. */
  readonly #early = new Map<number, Arrival[]>();
  #lastPrepared = 0;
  readonly #budget = new ConnectionBudget(descriptorsMax());
  readonly #onDiagnostic: (line: string) => void;

  constructor(command: LauncherCommand) {
    this.#onDiagnostic = command.onDiagnostic;
    this.link = new LauncherLink(command, this);
    this.zygotes = new Zygotes(this.link, command);
  }

  onPrepared(serial: number, pipes: readonly string[]): void {
    this.#lastPrepared = serial;
    const early = this.#early.get(serial) ?? [];
    this.#early.delete(serial);
    const prepared = this.#prepare(pipes);
    if (prepared !== undefined) this.held.set(serial, { prepared, exit: Promise.withResolvers() });
    for (const arrival of early) arrive(arrival, prepared);
  }

  onListener(serial: number, port: number, listener: Server): void {
    this.#onArrival(serial, {
      enter: (prepared) => prepared.addListener(port, listener),
      turnAway: () => void listener.close(),
    });
  }

  onConnection(serial: number, port: number, connection: Socket): void {
    this.#onArrival(serial, {
      enter: (prepared) => prepared.addConnection(port, connection),
      turnAway: () => void connection.destroy(),
    });
  }

  #onArrival(serial: number, arrival: Arrival): void {
    const held = this.held.get(serial);
    if (held !== undefined || serial <= this.#lastPrepared) arrive(arrival, held?.prepared);
    else this.#early.set(serial, [...(this.#early.get(serial) ?? []), arrival]);
  }

  /** `undefined` for a sandbox that has ended meanwhile: its `gone` follows. */
  #prepare(pipes: readonly string[]): PreparedSandbox | undefined {
    try {
      return new PreparedSandbox(pipes, this.#budget.share());
    } catch (error) {
      this.#onDiagnostic(`a sandbox was lost before its first use: ${String(error)}`);
      return undefined;
    }
  }

  onExited(serial: number, exit: LauncherExit): void {
    this.held.get(serial)?.exit.resolve(exit);
  }

  onGone(serial: number): void {
    this.held.get(serial)?.prepared.close();
    this.held.delete(serial);
  }

  onDeath(): void {
    for (const { exit, prepared } of this.held.values()) {
      exit.resolve(undefined);
      // The pipes end with the last process, and are read to their end; nothing else is to come.
      void prepared.outputEnded.then(() => prepared.close());
    }
    this.held.clear();
    for (const arrival of [...this.#early.values()].flat()) arrive(arrival, undefined);
    this.#early.clear();
  }
}

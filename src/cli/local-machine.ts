/** What the command line asks of this machine rather than of a server; given by `main.ts`. */
export interface LocalMachine {
  /**
   * Runs a server until the signal aborts.
   * @param flags what stood after `up`, unparsed
   */
  up(flags: readonly string[], signal: AbortSignal): Promise<void>;
  /** What the flags of `up` are, as the lines of its help. */
  readonly upFlagsHelp: string;
  /** Has `onChange` called soon after each change below a folder, until it is disposed of. */
  watchFolder(path: string, onChange: () => void): Promise<Disposable>;
  doctor(): Promise<readonly MachineProbe[]>;
}

/** One ability of the machine that Hearth uses. */
export interface MachineProbe {
  readonly name: string;
  readonly isEnforced: boolean;
  readonly detail: string;
  /** The command or change that mends it. */
  readonly remedy?: string;
}

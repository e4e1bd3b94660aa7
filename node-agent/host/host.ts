import type { HostCommand } from '../network/host-command.ts';

/** Privileged work on the machine itself. */
export interface Host {
  /** Runs a program of the machine to its end. */
  run: HostCommand;
  /** SIGKILL; a process that is gone is no error. */
  kill(pid: number): Promise<void>;
  /** A file system in memory at an existing folder; false: there was one already. */
  mountTmpfs(path: string, options: { sizeBytes?: number; mode?: number }): Promise<boolean>;
  /** Not mounted is no error. */
  unmount(path: string): Promise<void>;
  /** Mount points at and below a folder, the deepest first. */
  mountsBelow(folder: string): Promise<string[]>;
}

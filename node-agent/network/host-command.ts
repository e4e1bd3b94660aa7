/**
 * Runs one program of the host (ip, sh, iptables-restore) to its end and gives what it printed.
 * Throws with the program's own words when it fails. The agent's host port provides it, so that the network never spawns by itself.
 */
export type HostCommand = (command: string, args: string[], stdin?: string) => Promise<string>;

/** For a removal of what may be gone, or the making of what may be there: that one failure is the wanted state. */
export async function ignoring(expected: RegExp, attempt: Promise<unknown>): Promise<void> {
  try {
    await attempt;
  } catch (error) {
    if (!expected.test(String(error))) throw error;
  }
}

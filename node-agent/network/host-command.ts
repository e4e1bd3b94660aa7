/**
 * Runs one program of the host (ip, nsenter, iptables-restore) to its end and gives what it printed.
 * Throws with the program's own words when it fails. The agent's host port provides it, so that the network never spawns by itself.
 */
export type HostCommand = (command: string, args: string[], stdin?: string) => Promise<string>;

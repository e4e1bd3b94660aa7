/** What makes a machine a worker, as it is typed there. */
export function joinLine(server: string, token: string): string {
  return `zeroplane node join --server ${server} --token ${token}`;
}

/** As Go words what the kernel says. */
export function dialText(error: NodeJS.ErrnoException, host: string, port: number): string {
  const words: Record<string, string> = { ECONNREFUSED: 'connection refused', EHOSTUNREACH: 'no route to host', ENETUNREACH: 'network is unreachable', ECONNRESET: 'connection reset by peer' };
  const said = words[error.code ?? ''];
  if (error.code === 'ECONNRESET') return `read tcp ${host}:${port}: read: ${said}`;
  return said === undefined ? error.message : `dial tcp ${host}:${port}: connect: ${said}`;
}

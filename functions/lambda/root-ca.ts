import type { Table } from '#ports/table';

const KEY = 'root-ca';

/** The CA's certificate, for the controllers: they have no right to the parameter that holds its key. undefined: nobody has asked the API anything yet. */
export async function readRootCa(table: Table, cluster: string): Promise<string | undefined> {
  const claim = await table.readClaim(cluster, KEY);
  return claim && new TextDecoder().decode(claim.value);
}

export async function storeRootCa(table: Table, cluster: string, certificate: string): Promise<void> {
  await table.commit({ writes: [], claims: [{ cluster, key: KEY, value: new TextEncoder().encode(certificate) }] });
}

export interface ServerAddress {
  /** Such as `https://127.0.0.1:7443`; a path in it is a prefix of every request. */
  server: string;
  /** PEM of the cluster's CA; without it the machine's own trust. */
  ca?: string;
  token?: string;
  /** PEM of a client certificate and its key, for servers that know people by them. */
  certificate?: { cert: string; key: string };
  insecureSkipTlsVerify?: boolean;
  /** The program that asks, by which the server knows who owns what it writes; default `zeroplane`. */
  program?: string;
}

/** Identity and chance come in here. */
export interface Ids {
  /** A random (version 4) UUID. */
  uuid(): string;
  /** `length` characters of Kubernetes' name alphabet (bcdfghjklmnpqrstvwxz2456789), for generateName and pod names. */
  suffix(length: number): string;
  /** An integer in [0, below). */
  integer(below: number): number;
}

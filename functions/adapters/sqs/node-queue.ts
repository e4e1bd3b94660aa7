import { createHash } from 'node:crypto';

/** A queue's name ends at 80 characters, and a node's may have 253: a digest stands for it and for its cluster. */
const DIGEST_CHARACTERS = 32;

export function nodeQueueName(prefix: string, cluster: string, node: string): string {
  return `${prefix}${createHash('sha256').update(`${cluster}/${node}`).digest('hex').slice(0, DIGEST_CHARACTERS)}`;
}

/** Queues of one account and region differ in the last part of their URL alone; so no call is needed to find one. */
export function siblingQueueUrl(queueUrl: string, name: string): string {
  return `${queueUrl.slice(0, queueUrl.lastIndexOf('/'))}/${name}`;
}

import type { Command } from 'commander';
import type { Verb } from './verb.ts';

const MACHINE = 'This machine:';
const INSTALLATION = 'An installation:';
const OBJECTS = 'Objects:';
const WORKLOADS = 'Workloads:';
const PODS = 'Containers:';
const ITSELF = 'zeroplane itself:';

export const VERBS: readonly Verb[] = [
  { name: 'up', group: MACHINE, summary: 'start the cluster of this machine, or bring it back', load: async () => (await import('./commands/local/up.ts')).upCommand },
  { name: 'down', group: MACHINE, summary: 'stop it, and remove all that it made', load: async () => (await import('./commands/local/down.ts')).downCommand },
  { name: 'status', group: MACHINE, summary: 'whether it runs, and what it has', load: async () => (await import('./commands/local/status.ts')).statusCommand },
  { name: 'demo', group: MACHINE, summary: 'a tour on a throw-away cluster', load: async () => (await import('./commands/local/demo.ts')).demoCommand },
  { name: 'server', group: MACHINE, hidden: true, summary: 'the control plane, which `up` starts', load: async () => (await import('./commands/local/processes.ts')).serverCommand },
  { name: 'agent', group: MACHINE, hidden: true, summary: 'the agent, which the server starts', load: async () => (await import('./commands/local/processes.ts')).agentCommand },
  { name: 'deploy', group: INSTALLATION, summary: 'make one in your AWS account, or bring it up to date', load: async () => (await import('./commands/aws/deploy.ts')).deployCommand },
  { name: 'destroy', group: INSTALLATION, summary: 'remove it; its data stays', load: async () => (await import('./commands/aws/destroy.ts')).destroyCommand },
  { name: 'login', group: INSTALLATION, summary: 'remember an installation and your token', load: async () => (await import('./commands/installation/login.ts')).loginCommand },
  { name: 'cluster', group: INSTALLATION, summary: 'create, list and delete its clusters, and their kubeconfigs', load: async () => (await import('./commands/installation/cluster.ts')).clustersCommand },
  { name: 'node', group: INSTALLATION, summary: 'join this machine to a cluster, list and remove nodes', load: async () => (await import('./commands/installation/node.ts')).nodeCommand },
  { name: 'token', group: INSTALLATION, summary: 'create, list and revoke tokens', load: async () => (await import('./commands/installation/token.ts')).tokenCommand },
  { name: 'apply', group: OBJECTS, summary: 'make the cluster have what manifests describe', load: async () => (await import('./commands/objects/apply.ts')).applyCommand },
  { name: 'get', group: OBJECTS, summary: 'list objects, or show one', load: async () => (await import('./commands/objects/get.ts')).getCommand },
  { name: 'describe', group: OBJECTS, summary: 'all about objects, with their events', load: async () => (await import('./commands/objects/describe.ts')).describeCommand },
  { name: 'delete', group: OBJECTS, summary: 'delete objects by name, label or manifest', load: async () => (await import('./commands/objects/delete.ts')).deleteCommand },
  { name: 'events', group: OBJECTS, summary: 'what happened, in order', load: async () => (await import('./commands/objects/events.ts')).eventsCommand },
  { name: 'run', group: WORKLOADS, summary: 'run an image in a pod', load: async () => (await import('./commands/pods/run.ts')).runCommand },
  { name: 'expose', group: WORKLOADS, summary: 'give a workload a Service', load: async () => (await import('./commands/workloads/expose.ts')).exposeCommand },
  { name: 'service', group: WORKLOADS, summary: 'the address that a Service answers at', load: async () => (await import('./commands/workloads/service.ts')).serviceCommand },
  { name: 'scale', group: WORKLOADS, summary: 'change how many pods a workload has', load: async () => (await import('./commands/workloads/scale.ts')).scaleCommand },
  { name: 'rollout', group: WORKLOADS, summary: 'status, history, undo, restart, pause and resume', load: async () => (await import('./commands/workloads/rollout.ts')).rolloutCommand },
  { name: 'logs', group: PODS, summary: 'what containers print', load: async () => (await import('./commands/pods/logs.ts')).logsCommand },
  { name: 'exec', group: PODS, summary: 'run a command in a container', load: async () => (await import('./commands/pods/exec.ts')).execCommand },
  { name: 'attach', group: PODS, summary: "see what a container's own process prints, and talk to it", load: async () => (await import('./commands/pods/attach.ts')).attachCommand },
  { name: 'port-forward', group: PODS, summary: 'reach a pod at a port of this machine', load: async () => (await import('./commands/pods/port-forward.ts')).portForwardCommand },
  { name: 'proxy', group: PODS, summary: 'a local endpoint for kubectl exec, cp and port-forward to a cluster on AWS', load: async () => (await import('./commands/local/proxy.ts')).proxyCommand },
  { name: 'version', group: ITSELF, summary: 'versions of this program and of the cluster', load: async () => (await import('./commands/version.ts')).versionCommand },
  { name: 'completion', group: ITSELF, summary: 'complete words in bash, zsh or fish', load: async () => (await import('./commands/completion/completion.ts')).completionCommand },
  { name: 'complete-words', group: ITSELF, hidden: true, summary: 'what may come next, for the scripts of `completion`', load: completeWords },
];

// It knows all the others.
async function completeWords(): Promise<() => Command> {
  const { completeWordsCommand } = await import('./commands/completion/complete-words.ts');
  return () => completeWordsCommand(VERBS);
}

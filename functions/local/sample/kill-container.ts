import Docker from 'dockerode';
import { LABEL, labelFilter } from '#node-agent/runtime/docker/labels';

/** Kills a container of a pod behind the orchestrator's back, as a crash would. */
export async function killContainer(pod: { namespace: string; name: string }, container: string): Promise<void> {
  const docker = new Docker();
  const label = { [LABEL.podNamespace]: pod.namespace, [LABEL.podName]: pod.name, [LABEL.container]: container };
  const [running] = await docker.listContainers({ filters: { label: labelFilter(label) } });
  if (!running) throw new Error(`no running container ${container} of pod ${pod.namespace}/${pod.name}`);
  await docker.getContainer(running.Id).kill();
}

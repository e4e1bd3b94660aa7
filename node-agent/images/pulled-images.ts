import { errorText } from '#api/error-text';
import type { Container } from '#api/schema/kinds.generated';
import { afterRetry, retryAtMs, type BackOff } from '../back-off/back-off.ts';
import type { Clock } from '../clock.ts';
import type { Pod } from '../pod.ts';
import type { Image, RegistryCredentials, Runtime } from '../runtime/runtime.ts';
import { StartProblem } from '../sync/preparation.ts';
import type { ImageSource, PodEvents } from '../sync/sync-deps.ts';
import { isLatest, isValidReference } from './image-reference.ts';

export interface PulledImagesOptions {
  runtime: Runtime;
  events: PodEvents;
  clock: Clock;
  /** Out of the pod's imagePullSecrets, for the registry of this image: tried in this order. */
  credentials(pod: Pod, image: string): Promise<RegistryCredentials[]>;
  /** An image that was asked for is there; pulled: by us, just now. */
  onUsed(reference: string, how: { pulled: boolean }): void;
}

interface Failure {
  backOff: BackOff;
  atMs: number;
  message: string;
}

const SECONDS_TO_LOOK_AGAIN = 10;

/** Images by each container's pull policy. One pull of an image at a time, whoever asks; failures back off per pod and image. */
export function pulledImages(options: PulledImagesOptions): ImageSource {
  const pulls = new Map<string, Promise<Image>>();
  const failures = new Map<string, Failure>();

  return {
    ensure: async (pod, container) => {
      const reference = container.image ?? '';
      if (!isValidReference(reference)) throw invalidName(options, pod, { container, reference });
      const policy = container.imagePullPolicy ?? (isLatest(reference) ? 'Always' : 'IfNotPresent');
      const present = policy === 'Always' ? undefined : await options.runtime.findImage(reference);
      if (present !== undefined) {
        options.events.emit(pod, { type: 'Normal', reason: 'Pulled', message: `Container image "${reference}" already present on machine and can be accessed by the pod`, container: container.name });
        options.onUsed(reference, { pulled: false });
        return present;
      }
      if (policy === 'Never') throw neverPull(options, pod, { container, reference });
      return pull(options, { pulls, failures }, { pod, container, reference });
    },
  };
}

async function pull(options: PulledImagesOptions, { pulls, failures }: { pulls: Map<string, Promise<Image>>; failures: Map<string, Failure> }, { pod, container, reference }: { pod: Pod; container: Container; reference: string }): Promise<Image> {
  const { clock, events, runtime } = options;
  const key = `${pod.metadata.uid} ${reference}`;
  const failure = failures.get(key);
  const waitMs = failure === undefined ? 0 : retryAtMs(failure.backOff, failure.atMs) - clock.now();
  if (failure !== undefined && waitMs > 0) {
    const message = `Back-off pulling image "${reference}": ${failure.message}`;
    events.emit(pod, { type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${reference}"`, container: container.name });
    events.emit(pod, { type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff', container: container.name });
    throw new StartProblem('ImagePullBackOff', message, waitMs);
  }
  events.emit(pod, { type: 'Normal', reason: 'Pulling', message: `Pulling image "${reference}"`, container: container.name });
  const begunMs = clock.now();
  try {
    const credentials = await options.credentials(pod, reference);
    // What one pod may pull with its secrets is not pulled for another with others.
    const pullKey = JSON.stringify([reference, credentials.map(({ serverAddress, username }) => [serverAddress, username])]);
    const running = pulls.get(pullKey) ?? pullWithAny(runtime, reference, credentials);
    pulls.set(pullKey, running);
    const image = await running.finally(() => pulls.delete(pullKey));
    failures.delete(key);
    options.onUsed(reference, { pulled: true });
    const took = `${((clock.now() - begunMs) / 1000).toFixed(3).replace(/0+$/, '').replace(/\.$/, '')}s`;
    events.emit(pod, { type: 'Normal', reason: 'Pulled', message: `Successfully pulled image "${reference}" in ${took} (${took} including waiting). Image size: ${image.sizeBytes} bytes.`, container: container.name });
    return image;
  } catch (error) {
    const message = errorText(error);
    const now = clock.now();
    failures.set(key, { backOff: afterRetry(failure?.backOff, failure?.atMs ?? now, now), atMs: now, message: `ErrImagePull: ${message}` });
    events.emit(pod, { type: 'Warning', reason: 'Failed', message: `Failed to pull image "${reference}": ${message}`, container: container.name });
    events.emit(pod, { type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull', container: container.name });
    // The next look, a moment later, finds the back-off and shows it.
    throw new StartProblem('ErrImagePull', message, 1_000);
  }
}

/** Says what the last attempt came to. */
async function pullWithAny(runtime: Runtime, reference: string, credentials: RegistryCredentials[]): Promise<Image> {
  for (const one of credentials.slice(0, -1)) {
    const image = await runtime.pullImage(reference, one).catch(() => undefined);
    if (image !== undefined) return image;
  }
  return runtime.pullImage(reference, credentials.at(-1));
}

function neverPull({ events }: PulledImagesOptions, pod: Pod, { container, reference }: { container: Container; reference: string }): StartProblem {
  const message = `Container image "${reference}" is not present with pull policy of Never`;
  events.emit(pod, { type: 'Warning', reason: 'ErrImageNeverPull', message, container: container.name });
  events.emit(pod, { type: 'Warning', reason: 'Failed', message: 'Error: ErrImageNeverPull', container: container.name });
  return new StartProblem('ErrImageNeverPull', message, SECONDS_TO_LOOK_AGAIN * 1000);
}

function invalidName({ events }: PulledImagesOptions, pod: Pod, { container, reference }: { container: Container; reference: string }): StartProblem {
  const message = `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": invalid reference format`;
  events.emit(pod, { type: 'Warning', reason: 'InspectFailed', message, container: container.name });
  events.emit(pod, { type: 'Warning', reason: 'Failed', message: 'Error: InvalidImageName', container: container.name });
  return new StartProblem('InvalidImageName', message, SECONDS_TO_LOOK_AGAIN * 1000);
}

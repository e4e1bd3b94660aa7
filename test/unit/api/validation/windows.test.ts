import { expect, test } from 'vitest';
import type { PodSpec } from '#api/schema/kinds.generated';
import { validateHostProcess, validateWindowsOptions } from '#api/validation/windows';

test.each([
  ['nobody says anything', {}, []],
  ['all of them, with the host network', { whole: true, hostNetwork: true }, []],
  ['without the host network', { whole: true }, ['spec.hostNetwork']],
  ['one of two', { own: true, hostNetwork: true }, ['spec']],
  ['one against the pod', { whole: true, own: false, hostNetwork: true }, ['spec.containers[0].securityContext.windowsOptions.hostProcess', 'spec']],
])('host processes: %s', (_, { whole, own, hostNetwork = false }: { whole?: boolean; own?: boolean; hostNetwork?: boolean }, fields) => {
  const options = (hostProcess: boolean | undefined) => ({ securityContext: { windowsOptions: hostProcess === undefined ? {} : { hostProcess } } });
  const spec: PodSpec = { ...options(whole), hostNetwork, containers: [{ name: 'a', ...options(own) }, { name: 'b' }] };
  expect(validateHostProcess(spec, 'spec').map(({ field }) => field)).toEqual(fields);
});

test.each([
  ['ContainerUser', 0],
  ['DOMAIN\\user', 0],
  ['a\\b\\c', 1],
  ['\\user', 1],
  ['..', 1],
  ['x'.repeat(105), 1],
])('who runs it: %s', (runAsUserName, count) => {
  expect(validateWindowsOptions({ runAsUserName }, 'windowsOptions')).toHaveLength(count);
});

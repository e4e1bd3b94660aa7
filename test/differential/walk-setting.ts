import { NAMESPACE } from './samples.ts';
import type { Send } from './walk.ts';

/** What the walked objects refer to, and admission wants to see. */
export async function setUp(send: Send): Promise<void> {
  await send('POST', '/api/v1/namespaces', JSON.stringify({ metadata: { name: NAMESPACE } }));
  await send('POST', '/apis/scheduling.k8s.io/v1/priorityclasses', JSON.stringify({ metadata: { name: 'full' }, value: 7 }));
  await send('POST', '/apis/node.k8s.io/v1/runtimeclasses', JSON.stringify({ metadata: { name: 'full' }, handler: 'full', overhead: { podFixed: { cpu: '2' } } }));
}

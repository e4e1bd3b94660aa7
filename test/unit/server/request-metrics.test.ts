import { expect, test } from 'vitest';
import { requestInfoOf } from '#server/request-info';
import { createRequestMetrics } from '#server/request-metrics';

const infoOf = (method: string, path: string) => requestInfoOf(method, new URL(`http://x${path}`));

test('requests are counted by what they ask for, and timed', () => {
  const metrics = createRequestMetrics();
  metrics.observe(infoOf('GET', '/api/v1/namespaces/a/pods'), 200, 0.03);
  metrics.observe(infoOf('GET', '/api/v1/namespaces/b/pods'), 200, 3);
  metrics.observe(infoOf('GET', '/api/v1/namespaces/b/pods'), 403, 0.001);
  metrics.observe(undefined, 401, 0.001);
  const lines = metrics.text().split('\n');
  const pods = 'verb="list",group="",version="v1",resource="pods",subresource=""';
  expect(lines).toContain(`apiserver_request_total{${pods},code="200"} 2`);
  expect(lines).toContain(`apiserver_request_total{${pods},code="403"} 1`);
  expect(lines).toContain('apiserver_request_total{verb="",group="",version="",resource="",subresource="",code="401"} 1');
  expect(lines).toContain(`apiserver_request_duration_seconds_bucket{${pods},le="0.05"} 2`);
  expect(lines).toContain(`apiserver_request_duration_seconds_bucket{${pods},le="+Inf"} 3`);
  expect(lines).toContain(`apiserver_request_duration_seconds_count{${pods}} 3`);
});

test('nonsense neither breaks the format nor fills memory', () => {
  const metrics = createRequestMetrics();
  for (let i = 0; i < 20_000; i++) metrics.observe(infoOf('GET', `/apis/g${i}/v1/x%22%0Ay`), 404, 0.001);
  const lines = metrics.text().split('\n');
  expect(lines.length).toBeLessThan(150_000);
  expect(lines.filter((line) => line !== '' && !/^(#.*|[a-z_]+\{[^}\n]*\} [\d.e+-]+)$/.test(line))).toEqual([]);
});

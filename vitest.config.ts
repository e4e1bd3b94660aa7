import { defineConfig } from 'vitest/config';

// Projects, because they need different machines: `fast` needs Node (and Java for DynamoDB Local in contract/), `agent` and `local` Docker and
// root, `e2e` a cluster behind KUBECONFIG, `aws` the emulated account.
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/{rules,unit,contract,scenario,differential,simulation}/**/*.test.ts'],
          // No test leaves anything behind in a module, so the files of one worker share what is imported: a third of the time.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: 'agent', include: ['test/agent/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000, fileParallelism: false } },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/*.test.ts'], testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false } },
      { extends: true, test: { name: 'local', include: ['test/e2e/local/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 90_000, fileParallelism: false } },
      { extends: true, test: { name: 'aws', globalSetup: 'test/aws/setup.ts', include: ['test/aws/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false } },
    ],
    maxWorkers: 2,
  },
});

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

// npm run generate: runs the Go program beside this file. Go is needed for this only; what it writes is in the repository.
const folder = import.meta.dirname;
const { error, status } = spawnSync('go', ['run', '-mod=readonly', '.', join(folder, '../../functions/api/schema')], { cwd: folder, stdio: 'inherit' });
if (error?.code === 'ENOENT') {
  process.stderr.write('generate: there is no `go` on the PATH. The schema table is generated from Kubernetes\' public Go modules:\ninstall Go 1.26 or newer (https://go.dev/dl) and run `npm run generate` again. Nothing else of zeroplane needs Go.\n');
  process.exit(1);
}
process.exit(error ? 1 : (status ?? 1));

import { App } from 'aws-cdk-lib';
import { bundleFunctions } from './bundle.ts';
import { ControlPlaneStack } from './stacks/control-plane.ts';

// `npm run synth` writes the template and the bundled functions to cdk.out, without an account.
const bundles = bundleFunctions();
try {
  const app = new App({ outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out', analyticsReporting: false });
  const name = (app.node.tryGetContext('name') as string | undefined) ?? 'zeroplane';
  new ControlPlaneStack(app, name, { bundles: bundles.folder, description: 'zeroplane: a Kubernetes control plane without servers' });
  app.synth();
} finally {
  bundles.remove();
}

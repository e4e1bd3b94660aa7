import { App } from 'aws-cdk-lib';
import { ControlPlaneStack } from './stacks/control-plane.ts';

// `npm run synth` writes the template and the bundled functions to cdk.out, without an account.
const app = new App({ outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out', analyticsReporting: false });
new ControlPlaneStack(app, app.node.tryGetContext('name') as string ?? 'zeroplane', { description: 'zeroplane: a Kubernetes control plane without servers' });
app.synth();

import { App, CliCredentialsStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { codeBucket } from '#lambda/names';
import { bundleFunctions } from './bundle.ts';
import { ControlPlaneStack } from './stacks/control-plane.ts';

// `npm run synth` writes the template and the bundled functions to cdk.out, without an account.
const bundles = bundleFunctions();
try {
  const app = new App({ outdir: process.env['CDK_OUTDIR'] ?? 'cdk.out', analyticsReporting: false });
  const name = (app.node.tryGetContext('name') as string | undefined) ?? 'zeroplane';
  // Placeholders, because the app is the same for every account; `zeroplane deploy` needs no other rights than its user's, and no bootstrapped account.
  const fileAssetsBucketName = codeBucket({ stack: '${AWS::StackName}', account: '${AWS::AccountId}', region: '${AWS::Region}' });
  const synthesizer = new CliCredentialsStackSynthesizer({ fileAssetsBucketName }) as IStackSynthesizer; // whose types leave out `undefined`
  new ControlPlaneStack(app, name, { synthesizer, bundles: bundles.folder, description: 'zeroplane: a Kubernetes control plane without servers' });
  app.synth();
} finally {
  bundles.remove();
}

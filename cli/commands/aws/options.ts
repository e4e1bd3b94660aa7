import { Command } from 'commander';
import { z } from 'zod';
import { ClusterName } from '#api/management/schemas';
import { Output } from '../../options.ts';

/** Where an installation is, or is to be. Its name begins the names of what AWS makes of it, a bucket's too, which may have 63 characters. */
const PlaceOptions = {
  name: z.string().regex(/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/, 'must be at most 30 lower-case letters, digits and dashes, begin with a letter and end with no dash').default('zeroplane'),
  region: z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, "must be a region's name, such as eu-west-1").optional(),
  profile: z.string().min(1).optional(),
};

export function placeCommand(name: string): Command {
  return new Command(name)
    .option('--name <name>', 'of the installation (default: zeroplane)')
    .option('--region <region>', "where it is (default: AWS_REGION, or the profile's)")
    .option('--profile <name>', 'whose AWS credentials are used (default: AWS_PROFILE, or whatever the environment has)');
}

export const DeployOptions = z.strictObject({
  ...PlaceOptions,
  cluster: ClusterName.default('default'),
  kubeconfig: z.string().min(1).optional(),
  newAdminToken: z.boolean().default(false),
  app: z.string().min(1).optional(),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
  output: Output,
});
export type DeployOptions = z.infer<typeof DeployOptions>;

export const DestroyOptions = z.strictObject({
  ...PlaceOptions,
  kubeconfig: z.string().min(1).optional(),
  deleteData: z.boolean().default(false),
  force: z.boolean().default(false),
  yes: z.boolean().default(false),
});
export type DestroyOptions = z.infer<typeof DestroyOptions>;

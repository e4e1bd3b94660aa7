import { oneByOne, type Policy, type Role } from '../iam/role.ts';
import type { Resource } from './load.ts';

interface PolicyProperties {
  PolicyDocument: Policy;
  Roles?: string[];
}

interface RoleProperties {
  AssumeRolePolicyDocument: Policy;
  Policies?: PolicyProperties[];
  ManagedPolicyArns?: string[];
}

export interface RolesOptions {
  resources: [string, Resource][];
  /** Resolves all references of a resource's properties. */
  properties(resource: Resource): Record<string, unknown>;
  physical(id: string): { ref: string; attributes: Record<string, string> };
}

/** The roles of a template with all their statements. */
export function rolesOf({ resources, properties, physical }: RolesOptions): Role[] {
  const of = <T>(type: string): [string, T][] => resources.filter(([, { Type }]) => Type === type).map(([id, resource]) => [id, properties(resource) as T]);
  const attached = of<PolicyProperties>('AWS::IAM::Policy').map(([, policy]) => policy);
  return of<RoleProperties>('AWS::IAM::Role').map(([id, { AssumeRolePolicyDocument: trust, Policies = [], ManagedPolicyArns = [] }]) => {
    if (ManagedPolicyArns.length > 0) throw new Error(`${id} has managed policies, whose statements stand in no template: ${ManagedPolicyArns.join(', ')}`);
    const { ref, attributes } = physical(id);
    const policies = [...Policies, ...attached.filter(({ Roles }) => Roles?.includes(ref))];
    return { id, arn: attributes['Arn'] ?? '', trust: oneByOne(trust), rights: oneByOne({ Version: '2012-10-17', Statement: policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) }) };
  });
}

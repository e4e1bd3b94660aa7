import { runSimulation, type RequestAnalysis } from '@cloud-copilot/iam-simulate';
import { ACCOUNT_ID } from '../account.ts';
import type { Right } from './right.ts';
import { arnOf, type Policy, type Principal, type Role, type Statement } from './role.ts';

export interface Authority {
  add(roles: Role[]): void;
  roles(): readonly Role[];
  role(arn: string): Role | undefined;
  isAllowed(principal: Principal, right: Right): Promise<boolean>;
  /** One line for each action on each resource that a role may do, and for each who may assume it. */
  granted(): string[];
  /** Those of them without which something would have been denied so far. */
  used(): string[];
  denied(): string[];
}

/** IAM. */
export function createAuthority(): Authority {
  const roles: Role[] = [];
  const decisions = new Map<string, Promise<boolean>>();
  const used = new Set<string>();
  const denied = new Set<string>();

  const decide = async (principal: Principal, right: Right): Promise<boolean> => {
    const assumed = right.action === 'sts:AssumeRole' ? roles.find(({ arn }) => arn === right.resource) : undefined;
    const analysis = await judge(principal, right, assumed?.trust);
    if (analysis?.result !== 'Allowed') {
      denied.add(lineOf(principal.role, right.action, right.resource));
      return false;
    }
    const [only, ...others] = [...allowing(principal.role, principal.role.rights, analysis.identityAnalysis), ...(assumed ? allowing(assumed, assumed.trust, analysis.resourceAnalysis) : [])];
    if (only !== undefined && others.length === 0) used.add(only);
    return true;
  };

  return {
    add: (more) => void roles.push(...more),
    roles: () => roles,
    role: (arn) => roles.find((role) => role.arn === arn),
    isAllowed(principal, right) {
      const key = JSON.stringify([principal.role.arn, principal.sessionPolicy, right]);
      const decision = decisions.get(key) ?? decide(principal, right);
      decisions.set(key, decision);
      return decision;
    },
    granted: () => roles.flatMap((role) => [...role.rights.Statement, ...role.trust.Statement.filter(({ Principal: who }) => who?.['Service'] === undefined)].map((statement) => grantOf(role, statement))),
    used: () => [...used],
    denied: () => [...denied],
  };
}

async function judge({ role, session, sessionPolicy }: Principal, { action, resource }: Right, trust: Policy | undefined): Promise<RequestAnalysis | undefined> {
  const result = await runSimulation(
    {
      request: { principal: arnOf({ role, session }), action, resource: { resource, accountId: ACCOUNT_ID }, contextVariables: {} },
      identityPolicies: [{ name: role.id, policy: role.rights }],
      sessionPolicy,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: trust,
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`IAM cannot judge ${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  return result.resultType === 'single' ? result.result.analysis : undefined;
}

function allowing(role: Role, { Statement }: Policy, analysis: { allowStatements: { statement: { index(): number } }[] } | undefined): string[] {
  return (analysis?.allowStatements ?? []).map(({ statement }) => grantOf(role, Statement[statement.index() - 1] as Statement));
}

function grantOf(role: Role, { Action, Resource, Principal: who }: Statement): string {
  return lineOf(role, String(Action), String(Resource ?? JSON.stringify(who)));
}

function lineOf({ id }: Role, action: string, resource: string): string {
  return `${id} ${action} ${resource.replace(/^arn:aws:/, '')}`;
}

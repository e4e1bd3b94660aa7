/** Policies as IAM evaluates them: every reference resolved. */
export interface Policy {
  Version: string;
  Statement: Statement[];
}

export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Principal?: Record<string, string | string[]>;
}

export interface Role {
  /** Its logical name in the template. */
  id: string;
  arn: string;
  /** Who may assume it. */
  trust: Policy;
  /** What all its policies say. */
  rights: Policy;
}

/** Somebody who acts in a role, with fewer rights still when the session has a policy of its own. */
export interface Principal {
  role: Role;
  session: string;
  sessionPolicy?: Policy;
}

/** As IAM names it in a refusal. */
export function arnOf({ role, session }: Principal): string {
  return `${role.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`;
}

/** The same with a statement of its own for each action on each resource, so that what was decisive is one of them. */
export function oneByOne({ Version, Statement }: Policy): Policy {
  const split = (statement: Statement): Statement[] =>
    [statement.Action].flat().flatMap((Action) => (statement.Resource === undefined ? [{ ...statement, Action }] : [statement.Resource].flat().map((Resource) => ({ ...statement, Action, Resource }))));
  return { Version, Statement: Statement.flatMap(split) };
}

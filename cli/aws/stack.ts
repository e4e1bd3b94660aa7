import { CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStacksCommand, GetTemplateCommand, UpdateStackCommand, type Parameter, type Stack as Described } from '@aws-sdk/client-cloudformation';
import { randomUUID } from 'node:crypto';
import { Failure } from '#client/failure';
import { PARAMETERS } from '#lambda/names';
import { asking, type Account } from './account.ts';
import { followStack, type Outcome } from './stack-events.ts';
import { Template } from './synthesised-app.ts';

/** An installation as CloudFormation has it. */
export interface Stack {
  name: string;
  /** Other than its name it stays this stack's when it is gone. */
  id: string;
  status: string;
  outputs: Readonly<Record<string, string>>;
  parameters: Readonly<Record<string, string>>;
}

export interface Stacks {
  find(name: string): Promise<Stack | undefined>;
  templateOf(stack: Stack): Promise<Template>;
  /** Begins, and follows it to its end; `say` hears what happens. */
  create(name: string, wanted: Wanted, say: (detail: string) => void): Promise<Outcome>;
  update(stack: Stack, wanted: Wanted, say: (detail: string) => void): Promise<Outcome>;
  remove(stack: Pick<Stack, 'id'>, say: (detail: string) => void): Promise<Outcome>;
}

export interface Wanted {
  template: Template;
  /** undefined: as it is. */
  parameters: Readonly<Record<string, string | undefined>>;
}

export function openStacks({ clients }: Account): Stacks {
  const client = new CloudFormationClient(clients);
  const ask = <T>(call: () => Promise<T>): Promise<T> => asking(clients, call);
  const follow = (id: string, token: string, say: (detail: string) => void): Promise<Outcome> => ask(() => followStack(client, { id, token, say }));
  const body = ({ template, parameters }: Wanted) => ({
    TemplateBody: JSON.stringify(template),
    Parameters: Object.entries(parameters).map(([ParameterKey, value]): Parameter => (value === undefined ? { ParameterKey, UsePreviousValue: true } : { ParameterKey, ParameterValue: value })),
    Capabilities: ['CAPABILITY_IAM' as const],
    ClientRequestToken: randomUUID(),
  });

  return {
    find: (name) => ask(() => find(client, name)),
    async templateOf({ id }) {
      const { TemplateBody = '' } = await ask(() => client.send(new GetTemplateCommand({ StackName: id, TemplateStage: 'Original' })));
      return Template.parse(JSON.parse(TemplateBody));
    },
    async create(name, wanted, say) {
      const request = body(wanted);
      const { StackId = '' } = await ask(() => client.send(new CreateStackCommand({ StackName: name, ...request })));
      return follow(StackId, request.ClientRequestToken, say);
    },
    async update({ id }, wanted, say) {
      const request = body(wanted);
      const isUnderWay = await ask(() => begins(client.send(new UpdateStackCommand({ StackName: id, ...request }))));
      return isUnderWay ? follow(id, request.ClientRequestToken, say) : { status: 'UPDATE_COMPLETE' };
    },
    async remove({ id }, say) {
      const token = randomUUID();
      await ask(() => client.send(new DeleteStackCommand({ StackName: id, ClientRequestToken: token })));
      return follow(id, token, say);
    },
  };
}

/** What another deployment is still at, or has left in the middle, is touched by none. */
export function refuseUnfinished(stack: Stack | undefined): void {
  if (stack === undefined || /^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(stack.status)) return;
  refuseBusy(stack);
  throw new Failure(`the last deployment of ${stack.name} has not come to its end`, { why: `its stack is ${stack.status}`, fix: `\`zeroplane destroy --name ${stack.name}\` removes what it has left; the console of CloudFormation says more.` });
}

export function refuseBusy({ name, status }: Stack): void {
  if (status.endsWith('_IN_PROGRESS')) throw new Failure(`${name} is being changed by somebody else`, { why: `its stack is ${status}`, fix: 'Ask again when that has ended. What an interrupted `zeroplane deploy` has begun goes on in AWS.' });
}

async function find(client: CloudFormationClient, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return stack && stackOf(name, stack);
  } catch (error) {
    // CloudFormation has no error of its own for it.
    if ((error as Error).name === 'ValidationError' && (error as Error).message.includes('does not exist')) return undefined;
    throw error;
  }
}

// What differs in the template's text need not differ in what it makes.
async function begins(update: Promise<unknown>): Promise<boolean> {
  try {
    await update;
    return true;
  } catch (error) {
    if ((error as Error).message.includes('No updates are to be performed')) return false;
    throw error;
  }
}

function stackOf(name: string, { StackId: id = '', StackStatus, Outputs = [], Parameters = [] }: Described): Stack {
  const parameters = Object.fromEntries(Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]));
  if (parameters[PARAMETERS.adminToken] === undefined) {
    throw new Failure(`the stack ${name} is not of zeroplane`, { why: `it has no parameter ${PARAMETERS.adminToken}`, fix: '--name chooses another name for the installation.' });
  }
  return { name, id, status: StackStatus ?? '', parameters, outputs: Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])) };
}

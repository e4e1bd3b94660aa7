import { randomUUID } from 'node:crypto';
import { arn } from '../account.ts';
import { formOf, refused, xml, type AwsAnswer, type AwsRequest } from './request.ts';

/** What really makes and removes what a template describes. */
export interface Ground {
  make(stack: { name: string; template: string; parameters: Record<string, string> }): Promise<{ guid: string; outputs: Record<string, string> }>;
  /** What stays of it where it fails: a table with deletion protection. */
  leave(name: string): Promise<void>;
}

export interface CloudFormation {
  answer(request: AwsRequest): Promise<AwsAnswer>;
  /** The resource at which the next operation fails. */
  failNext(resource: FailingResource): void;
  /** Of a stack that is there. */
  setStatus(name: string, status: string): void;
}

interface FailingResource {
  id: string;
  type: string;
  reason: string;
}

interface Stack {
  name: string;
  id: string;
  status: string;
  template: string;
  parameters: Record<string, string>;
  outputs: Record<string, string>;
  /** Newest first. */
  events: string[];
}

const SECRET = '****'; // what is told of a parameter with NoEcho

/** Stacks, each operation at its end as soon as it is asked about. */
export function createCloudFormation(ground: Ground): CloudFormation {
  const stacks = new Map<string, Stack>();
  let failing: FailingResource | undefined;
  const find = (named = ''): Stack | undefined => [...stacks.values()].find(({ id, name, status }) => id === named || (name === named && status !== 'DELETE_COMPLETE'));

  const end = (stack: Stack, token: string, verb: 'CREATE' | 'UPDATE' | 'DELETE'): void => {
    const failed = failing;
    failing = undefined;
    const event = (id: string, type: string, status: string, { reason = '', physical = id } = {}): void =>
      void stack.events.unshift(
        `<member><EventId>${stack.events.length}</EventId><StackId>${stack.id}</StackId><StackName>${stack.name}</StackName><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>${status}</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason><ClientRequestToken>${token}</ClientRequestToken><Timestamp>2026-11-22T00:00:00Z</Timestamp></member>`,
      );
    if (failed) {
      event(failed.id, failed.type, `${verb}_FAILED`, { reason: failed.reason });
      event('Other', 'AWS::SQS::Queue', `${verb}_FAILED`, { reason: 'Resource creation cancelled' });
    } else event('Api', 'AWS::Lambda::Function', `${verb}_COMPLETE`);
    const rolledBack = verb === 'CREATE' ? 'ROLLBACK_COMPLETE' : verb === 'UPDATE' ? 'UPDATE_ROLLBACK_COMPLETE' : 'DELETE_FAILED';
    stack.status = failed ? rolledBack : `${verb}_COMPLETE`;
    event(stack.name, 'AWS::CloudFormation::Stack', stack.status, { physical: stack.id });
  };

  const operations: Record<string, (form: Record<string, string>) => AwsAnswer | Promise<AwsAnswer>> = {
    async CreateStack(form) {
      const { StackName: name = '', TemplateBody: template = '', ClientRequestToken: token = '' } = form;
      if (find(name)) return refused('AlreadyExistsException', `Stack [${name}] already exists`);
      const parameters = parametersOf(form);
      if (failing) await ground.leave(name);
      const { guid, outputs } = failing ? { guid: randomUUID(), outputs: {} } : await ground.make({ name, template, parameters });
      const stack: Stack = { name, id: arn('cloudformation', `stack/${name}/${guid}`), status: '', template, parameters, outputs, events: [] };
      stacks.set(stack.id, stack);
      end(stack, token, 'CREATE');
      return answerOf('CreateStack', `<StackId>${stack.id}</StackId>`);
    },
    UpdateStack(form) {
      const stack = find(form['StackName']);
      if (!stack) return missing(form['StackName']);
      if (!failing) Object.assign(stack, { template: form['TemplateBody'], parameters: { ...stack.parameters, ...parametersOf(form) } });
      end(stack, form['ClientRequestToken'] ?? '', 'UPDATE');
      return answerOf('UpdateStack', `<StackId>${stack.id}</StackId>`);
    },
    DeleteStack(form) {
      const stack = find(form['StackName']);
      if (stack) end(stack, form['ClientRequestToken'] ?? '', 'DELETE');
      return answerOf('DeleteStack', '');
    },
    DescribeStacks(form) {
      const stack = find(form['StackName']);
      return stack ? answerOf('DescribeStacks', `<Stacks>${describe(stack)}</Stacks>`) : missing(form['StackName']);
    },
    GetTemplate(form) {
      const stack = find(form['StackName']);
      return stack ? answerOf('GetTemplate', `<TemplateBody>${escaped(stack.template)}</TemplateBody>`) : missing(form['StackName']);
    },
    DescribeStackEvents(form) {
      const stack = find(form['StackName']);
      return stack ? answerOf('DescribeStackEvents', `<StackEvents>${stack.events.join('')}</StackEvents>`) : missing(form['StackName']);
    },
  };

  return {
    async answer(request) {
      const form = formOf(request);
      const operation = operations[form['Action'] ?? ''];
      return operation ? operation(form) : refused('InvalidAction', String(form['Action']));
    },
    failNext: (resource) => void (failing = resource),
    setStatus(name, status) {
      const stack = find(name);
      if (stack) stack.status = status;
    },
  };
}

function describe({ name, id, status, parameters, outputs, template }: Stack): string {
  const secret = (key: string): boolean => (JSON.parse(template) as { Parameters?: Record<string, { NoEcho?: boolean }> }).Parameters?.[key]?.NoEcho === true;
  const Parameters = Object.entries(parameters).map(([key, value]) => `<member><ParameterKey>${key}</ParameterKey><ParameterValue>${secret(key) ? SECRET : value}</ParameterValue></member>`);
  const Outputs = Object.entries(outputs).map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`);
  return `<member><StackName>${name}</StackName><StackId>${id}</StackId><StackStatus>${status}</StackStatus><CreationTime>2026-11-22T00:00:00Z</CreationTime><Parameters>${Parameters.join('')}</Parameters><Outputs>${Outputs.join('')}</Outputs></member>`;
}

function parametersOf(form: Record<string, string>): Record<string, string> {
  const keys = Object.entries(form).flatMap(([field, key]) => {
    const value = form[field.replace(/ParameterKey$/, 'ParameterValue')];
    return /^Parameters\.member\.\d+\.ParameterKey$/.test(field) && value !== undefined ? [[key, value]] : [];
  });
  return Object.fromEntries(keys) as Record<string, string>;
}

function answerOf(operation: string, result: string): AwsAnswer {
  return xml(`<${operation}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${operation}Result>${result}</${operation}Result></${operation}Response>`);
}

function missing(name = ''): AwsAnswer {
  return refused('ValidationError', `Stack with id ${name} does not exist`);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

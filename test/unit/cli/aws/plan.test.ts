import { expect, test } from 'vitest';
import { isTableOf } from '#cli/aws/kept-data';
import { changesNothing, planOf, refuseToBeginAnew } from '#cli/aws/plan';
import { renderPlan } from '#cli/render/plan';

const queue = (seconds: number) => ({ Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: seconds } });
const there = { template: { Resources: { Now: queue(35), Gone: { Type: 'AWS::IAM::Policy' }, Same: queue(1) } }, parameters: { AccountConcurrency: '10', AdminTokenSha256: '****' } };

test('what differs is added, changed or removed', () => {
  const plan = planOf({ template: { Resources: { Now: queue(40), New: { Type: 'AWS::Lambda::EventSourceMapping' }, Same: queue(1) } }, parameters: { AccountConcurrency: '1000' } }, there);
  expect(renderPlan(plan, { newBucket: undefined }).split('\n')).toEqual([
    '  make     New                  Lambda event source mapping',
    '  change   Now                  SQS queue',
    '  remove   Gone                 IAM policy',
    '  change   AccountConcurrency   10 to 1000',
    '',
  ]);
});

test('what is as it should be is left alone', () => {
  expect(changesNothing(planOf({ template: there.template, parameters: { AccountConcurrency: '10' } }, there))).toBe(true);
});

test('what is all new is counted by service', () => {
  const plan = planOf({ template: there.template, parameters: { AccountConcurrency: '10' } });
  expect(renderPlan(plan, { newBucket: 'code' })).toBe("  SQS   2 queues\n  IAM   1 policy\n  S3    1 bucket (code) with the functions' code\n");
});

test('what is in a restored table does not begin anew', () => {
  const plan = planOf({ template: { Resources: { Storage: { Type: 'AWS::DynamoDB::Table' } } }, parameters: {} });
  expect(() => refuseToBeginAnew(plan, 'restored')).toThrow('empty table');
  refuseToBeginAnew(plan, undefined);
  refuseToBeginAnew(planOf(there), 'restored');
});

test('a table is of the installation whose stack has named it', () => {
  expect(isTableOf('shop', 'shop-StorageTableB43FDCE7-1A2B3C4D5E6F')).toBe(true);
  for (const other of ['shop-two-StorageTableB43FDCE7-1A2B3C4D5E6F', 'shop-orders', 'my-shop-StorageTableB43FDCE7-1A2B3C4D5E6F']) expect(isTableOf('shop', other)).toBe(false);
});

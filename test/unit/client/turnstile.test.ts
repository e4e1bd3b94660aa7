import { expect, test } from 'vitest';
import { turnstile } from '#client/turnstile';

test('so many at once, those who are ahead first, each place given on once', async () => {
  const enter = turnstile(1);
  const entered: string[] = [];
  const come = (name: string, ahead: boolean) => enter({ ahead }).then((leave) => (entered.push(name), leave));
  const leave = await enter();
  const [b, c, a] = [come('b', false), come('c', false), come('a', true)];
  expect(entered).toEqual([]);
  leave();
  leave();
  (await a)();
  (await b)();
  await c;
  expect(entered).toEqual(['a', 'b', 'c']);
});

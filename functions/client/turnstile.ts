/** Lets so many in at once, in the order of their coming, those who are ahead before the others; gives the way out. */
export function turnstile(limit: number): (options?: { ahead: boolean }) => Promise<() => void> {
  let inside = 0;
  const first: (() => void)[] = [];
  const others: (() => void)[] = [];
  const leave = (): void => {
    const next = first.shift() ?? others.shift();
    if (next === undefined) inside -= 1;
    else next(); // its place goes on to the next
  };
  return async ({ ahead } = { ahead: false }) => {
    if (inside >= limit) await new Promise<void>((resolve) => (ahead ? first : others).push(resolve));
    else inside += 1;
    let isInside = true;
    return () => {
      if (isInside) leave();
      isInside = false;
    };
  };
}

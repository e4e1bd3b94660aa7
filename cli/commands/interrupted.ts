/** Until somebody presses Ctrl-C, or ends this program in another orderly way. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const keepAlive = setInterval(() => {}, 1 << 30);
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.once(name, () => {
        clearInterval(keepAlive);
        resolve();
      });
    }
  });
}

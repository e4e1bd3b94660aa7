/** Kubernetes' $(NAME): replaced when known, left as it is when not; `$$` is one `$`. */
export function expand(text: string, values: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (all, name: string | undefined) => (name === undefined ? '$' : (values(name) ?? all)));
}

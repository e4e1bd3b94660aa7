import { execFileSync } from 'node:child_process';

export interface NetworkNamespace {
  /** What a program is started with to run in it. */
  path: string;
  /** Of this machine, as it is seen from there. */
  hostAddress: string;
  /** Lets this machine send there what is for an address behind it. */
  route(address: string): void;
  close(): void;
}

// Of what is kept for documentation, in parts of four addresses.
const PART = 4 * (process.pid % 64);
const HOST_ADDRESS = `198.51.100.${PART + 1}`;
const ADDRESS = `198.51.100.${PART + 2}`;

/** A network as behind NAT: connections go out of it, and the kernel drops each that would come in. */
export function openNatNamespace(): NetworkNamespace {
  const name = `zeroplane-nat-${process.pid}`;
  const link = `zpnat${process.pid}`;
  const uplink = 'uplink';
  const inside = (...words: string[]): void => void execFileSync(...inNamespace(`/run/netns/${name}`, words[0] ?? '', words.slice(1)));
  const close = (): void => {
    process.removeListener('exit', close);
    ignoringFailure('ip', 'link', 'delete', link);
    ignoringFailure('ip', 'netns', 'delete', name);
  };
  process.once('exit', close);
  ip('netns', 'add', name);
  ip('link', 'add', link, 'type', 'veth', 'peer', 'name', uplink, 'netns', name);
  ip('address', 'add', `${HOST_ADDRESS}/30`, 'dev', link);
  ip('link', 'set', link, 'up');
  inside('ip', 'link', 'set', 'lo', 'up');
  inside('ip', 'address', 'add', `${ADDRESS}/30`, 'dev', uplink);
  inside('ip', 'link', 'set', uplink, 'up');
  inside('ip', 'route', 'add', 'default', 'via', HOST_ADDRESS);
  inside('iptables', '-w', '-t', 'mangle', '-A', 'PREROUTING', '-i', uplink, '-m', 'conntrack', '!', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'DROP'); // before what an agent accepts
  return { path: `/run/netns/${name}`, hostAddress: HOST_ADDRESS, route: (address) => ip('route', 'add', address, 'via', ADDRESS), close };
}

/** The command line that runs a program there: `ip netns exec` would hide the control groups from it. */
export function inNamespace(path: string | undefined, program: string, args: string[]): [program: string, args: string[]] {
  return path === undefined ? [program, args] : ['nsenter', [`--net=${path}`, program, ...args]];
}

function ip(...words: string[]): void {
  execFileSync('ip', words);
}

function ignoringFailure(program: string, ...words: string[]): void {
  try {
    execFileSync(program, words, { stdio: 'ignore' });
  } catch {
    // it was never made, or is gone
  }
}

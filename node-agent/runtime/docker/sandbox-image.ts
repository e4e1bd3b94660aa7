import type Docker from 'dockerode';
import { Readable } from 'node:stream';

/** What each pod's sandbox runs. Made here out of a few hundred bytes, so that no registry is needed. */
export const SANDBOX_IMAGE = 'zeroplane/sandbox:1';

const LOAD_ADDRESS = 0x400000n;
const CODE_OFFSET = 64 + 56; // behind the ELF header and its one program header

/**
 * A process that, as PID 1, blocks SIGINT, SIGTERM and SIGCHLD and waits for them (rt_sigtimedwait): SIGCHLD makes it reap all dead
 * children (it is their init where a pod shares its process namespace), the others end it with 0. Blocked signals reach even PID 1.
 */
const PROGRAMS: Record<'x64' | 'arm64', { machine: number; code: string }> = {
  x64: {
    machine: 62,
    code: [
      '6802400100 4889e6 31ff 31d2 6a08 415a 6a0e 58 0f05', // rt_sigprocmask(SIG_BLOCK, {INT, TERM, CHLD})
      '4889e7 31f6 31d2 6a08 415a b880000000 0f05', // wait: rt_sigtimedwait
      '83f811 740b 85c0 78e5', // SIGCHLD: to reap; interrupted: to wait
      '31ff 6a3c 58 0f05', // exit(0)
      '6aff 5f 31f6 6a01 5a 4531d2 6a3d 58 0f05', // reap: wait4(-1, WNOHANG)
      '85c0 7fec ebc8', // as long as there was one; then wait
    ].join(' '),
  },
  arm64: {
    machine: 183,
    code: [
      '400088d2 2000a0f2 e00f1ff8 000080d2 e1030091 020080d2 030180d2 e81080d2 010000d4', // rt_sigprocmask
      'e0030091 010080d2 020080d2 030180d2 281180d2 010000d4', // wait: rt_sigtimedwait
      '1f440071 a0000054 00ffff37', // SIGCHLD: to reap; interrupted: to wait
      '000080d2 a80b80d2 010000d4', // exit(0)
      '00008092 010080d2 220080d2 030080d2 882080d2 010000d4', // reap: wait4(-1, WNOHANG)
      '1f000071 2cffff54 ecffff17', // as long as there was one; then wait
    ].join(' '),
  },
};

/** Makes the image where it is missing. */
export async function ensureSandboxImage(docker: Docker, architecture: string): Promise<void> {
  const program = PROGRAMS[architecture === 'arm64' ? 'arm64' : 'x64'];
  const archive = tarOf('sandbox', elfOf(program));
  const progress = await docker.importImage(Readable.from([archive]), { repo: 'zeroplane/sandbox', tag: '1', changes: ['ENTRYPOINT ["/sandbox"]'] });
  await new Promise<void>((resolve, reject) => docker.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error))));
}

/** A static executable of one loadable segment. */
export function elfOf({ machine, code }: { machine: number; code: string }): Buffer {
  const program = Buffer.from(code.replaceAll(' ', ''), 'hex');
  const size = BigInt(CODE_OFFSET + program.length);
  const head = Buffer.alloc(CODE_OFFSET);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // ELF, 64 bits, little endian
  head.writeUInt16LE(2, 16); // executable
  head.writeUInt16LE(machine, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(LOAD_ADDRESS + BigInt(CODE_OFFSET), 24); // entry
  head.writeBigUInt64LE(64n, 32); // program headers
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(1, 64); // to be loaded,
  head.writeUInt32LE(5, 68); // to be read and run
  head.writeBigUInt64LE(LOAD_ADDRESS, 80);
  head.writeBigUInt64LE(LOAD_ADDRESS, 88);
  head.writeBigUInt64LE(size, 96);
  head.writeBigUInt64LE(size, 104);
  head.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([head, program]);
}

/** A tar archive of one executable file. */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000755\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148); // the checksum counts itself as blanks
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

/** Of this program; a test holds it to the package's. */
export const ZEROPLANE_VERSION = '0.1.0';

/** The Kubernetes API that is served, as `/version` tells clients, which check their skew by it. */
export const VERSION = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3+zeroplane',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
} as const;
